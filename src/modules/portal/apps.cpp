// Apps as those who answer for them and their developers see and change them.

#include "base/error.hpp"
#include "base/text.hpp"
#include "modules/portal/found.hpp"

#include <algorithm>

namespace educard::portal {

namespace {

constexpr std::size_t kMaxDescription = 2000;
constexpr std::size_t kMaxContact = 200;
constexpr std::size_t kMaxUrl = 500;
constexpr int kReviewsShown = 100;

/// Where people are sent from the directory.
bool may_open(std::string_view url) {
    const auto rest = url.starts_with("https://") ? url.substr(8) : std::string_view();
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    return !host.empty() && !host.contains('@') && url.size() <= kMaxUrl &&
           std::ranges::none_of(url, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\';
           });
}

void tidy_draft(Draft& draft) {
    draft.shown.description.value = trim(draft.shown.description.value);
    draft.shown.contact = tidy(draft.shown.contact);
    if (draft.shown.home_url && trim(*draft.shown.home_url).empty()) {
        draft.shown.home_url.reset();
    }
    if (draft.backchannel_logout_uri && trim(*draft.backchannel_logout_uri).empty()) {
        draft.backchannel_logout_uri.reset();
    }
}

void add_below_draft(std::vector<FieldError> found, std::vector<FieldError>& errors) {
    for (auto& error : found) {
        errors.push_back({error.path == "keys" ? "keys" : "draft." + error.path, std::move(error.code)});
    }
}

/// In whatever order claims stand.
bool is_same(Draft one, Draft other) {
    for (auto* draft : {&one, &other}) {
        std::ranges::sort(draft->essential);
        std::ranges::sort(draft->voluntary);
    }
    return json::encode(one) == json::encode(other);
}

}  // namespace

Shown nothing_shown() {
    return {.description = {},
            .home_url = std::nullopt,
            .contact = "",
            .category = Category::other,
            .logo = std::nullopt,
            .listed = false};
}

Draft draft_of(const oidc::App& app, Shown shown) {
    return {.name = app.name,
            .purpose = app.purpose,
            .redirect_uris = app.redirect_uris,
            .essential = app.essential,
            .voluntary = app.voluntary,
            .id_token_algorithm = app.id_token_algorithm,
            .service = app.service,
            .pushed = app.pushed,
            .bound = app.bound,
            .device = app.device,
            .post_logout_redirect_uris = app.post_logout_redirect_uris,
            .backchannel_logout_uri = app.backchannel_logout_uri,
            .shown = std::move(shown)};
}

oidc::NewApp app_of(const Draft& draft) {
    oidc::NewApp app;
    app.name = draft.name;
    app.purpose = draft.purpose;
    app.redirect_uris = draft.redirect_uris;
    app.essential = draft.essential;
    app.voluntary = draft.voluntary;
    app.id_token_algorithm = draft.id_token_algorithm;
    app.service = draft.service;
    app.pushed = draft.pushed;
    app.bound = draft.bound;
    app.device = draft.device;
    app.post_logout_redirect_uris = draft.post_logout_redirect_uris;
    app.backchannel_logout_uri = draft.backchannel_logout_uri;
    return app;
}

Shown Portal::Found::shown() const {
    return listing.version == 0 ? nothing_shown() : json::decode<Shown>(listing.shown);
}

Draft Portal::Found::current() const {
    return draft_of(app, shown());
}

std::optional<Draft> Portal::Found::proposal() const {
    return listing.proposal ? std::optional(json::decode<Draft>(*listing.proposal)) : std::nullopt;
}

Portal::Found Portal::find(sql::Tx& tx, AppId id) const {
    auto app = parts_.oidc.find_app(tx, id);
    if (!app || app->deleted_at) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    auto owner = parts_.organisations.get(tx, app->organisation_id);
    auto listing = store::find_listing(tx, id);
    if (!listing) {
        listing.emplace();
        listing->app_id = id;
        listing->state = app->testing ? State::draft : State::approved;
        listing->shown = json::encode(nothing_shown());
    }
    return {.app = std::move(*app), .owner = std::move(owner), .listing = std::move(*listing)};
}

bool Portal::answers_for(const Caller& caller, const Found& found) const {
    return may_administer(caller, found.owner.path);
}

bool Portal::manages(sql::Tx& tx, const Caller& caller, const Found& found) const {
    if (answers_for(caller, found)) {
        return true;
    }
    const auto member = store::find_member(tx, found.app.id, caller.account);
    return member && member->role == MemberRole::developer;
}

bool Portal::reviews(const Caller& caller, const Found& found) const {
    return may_act(caller, found.owner.path, {Role::province_admin, Role::city_admin});
}

Portal::Found Portal::managed(sql::Tx& tx, const Caller& caller, AppId id) const {
    auto found = find(tx, id);
    if (!manages(tx, caller, found)) {
        throw Error(Fault::not_found, "oidc.app_unknown");
    }
    return found;
}

std::vector<AppLine> Portal::list(sql::Tx& tx, const Caller& caller) const {
    std::vector<AppLine> lines;
    std::vector<AppId> developed;
    for (const auto& member : store::memberships(tx, caller.account)) {
        if (member.role == MemberRole::developer) {
            developed.push_back(member.app_id);
        }
    }
    if (caller.grants.empty() && developed.empty()) {
        return lines;
    }
    Caller acting = caller;
    keep_to_acting(acting);
    std::vector<store::Listing> listings = store::listings(tx);
    for (auto& app : parts_.oidc.list_apps(tx)) {
        if (app.deleted_at) {
            continue;
        }
        const auto owner = parts_.organisations.find(tx, app.organisation_id);
        const bool develops = std::ranges::find(developed, app.id) != developed.end();
        if (!owner || !(develops || may_administer(caller, owner->path))) {
            continue;
        }
        const auto listing = std::ranges::find(listings, app.id, &store::Listing::app_id);
        const bool known = listing != listings.end();
        const auto shown = known ? json::decode<Shown>(listing->shown) : nothing_shown();
        const auto state = known ? listing->state : app.testing ? State::draft : State::approved;
        const bool reviewer = may_act(acting, owner->path, {Role::province_admin, Role::city_admin});
        lines.push_back(
            {.id = app.id,
             .name = app.name,
             .organisation = owner->name,
             .organisation_id = owner->id,
             .logo = shown.logo,
             .state = state,
             .testing = app.testing,
             .active = app.state == oidc::AppState::active,
             .listed = shown.listed,
             .to_review = state == State::submitted && reviewer && listing->submitted_by != caller.account,
             .submitted_at = known ? listing->submitted_at : std::nullopt});
    }
    std::ranges::sort(lines, {}, &AppLine::name);
    return lines;
}

AppDetail Portal::get(sql::Tx& tx, const Caller& caller, AppId id) const {
    const auto found = managed(tx, caller, id);
    return detail_of(tx, caller, found);
}

AppDetail Portal::detail_of(sql::Tx& tx, const Caller& caller, const Found& found) const {
    const auto name_of = [&](const std::optional<AccountId>& account) {
        return account ? parts_.people.name_of(tx, *account) : std::nullopt;
    };
    Caller acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    AppDetail detail{.id = found.app.id,
                     .organisation_id = found.owner.id,
                     .organisation = found.owner.name,
                     .issuer = parts_.issuer,
                     .authentication = found.app.authentication,
                     .state = found.listing.state,
                     .testing = found.app.testing,
                     .active = found.app.state == oidc::AppState::active,
                     .everywhere = found.listing.everywhere,
                     .version = found.listing.version,
                     .reason = found.listing.reason,
                     .current = found.current(),
                     .proposal = found.proposal(),
                     .keys = found.app.keys,
                     .secrets = parts_.oidc.secrets_of(tx, found.app.id),
                     .members = {},
                     .invitations = {},
                     .reviews = {},
                     .may_manage = manages(tx, acting, found),
                     .may_invite_developers = answers_for(acting, found),
                     .may_review = reviews(acting, found) && found.listing.submitted_by != caller.account};
    for (const auto& member : store::members(tx, found.app.id)) {
        detail.members.push_back({.account_id = member.account_id,
                                  .name = name_of(member.account_id).value_or(""),
                                  .role = member.role,
                                  .since = member.since});
    }
    for (const auto& one : store::invitations(tx, found.app.id, parts_.clock.now())) {
        detail.invitations.push_back(
            {.id = one.id, .role = one.role, .uses_left = one.uses_left, .expires_at = one.expires_at});
    }
    for (const auto& one : store::reviews(tx, found.app.id, kReviewsShown)) {
        detail.reviews.push_back(
            {.at = one.at, .act = one.act, .by = name_of(one.account_id), .reason = one.reason});
    }
    return detail;
}

void Portal::check_shown(sql::Tx& tx, AppId id, const Shown& shown, std::vector<FieldError>& errors) const {
    const auto add = [&](const char* field, const char* code) {
        errors.push_back({std::string("draft.shown.") + field, code});
    };
    if (count_characters(shown.description.value) > kMaxDescription) {
        add("description", "too_long");
    }
    if (shown.home_url && !may_open(*shown.home_url)) {
        add("home_url", "portal.home_url");
    }
    if (count_characters(shown.contact) > kMaxContact) {
        add("contact", "too_long");
    }
    if (shown.listed) {
        if (shown.description.value.empty()) {
            add("description", "required");
        }
        if (shown.contact.empty()) {
            add("contact", "required");
        }
    }
    if (shown.logo) {
        const auto digest = from_hex(*shown.logo);
        if (!digest || !store::has_logo(tx, id, *digest)) {
            add("logo", "portal.no_logo");
        }
    }
}

MadeApp Portal::make(sql::Tx& tx, const Caller& caller, const NewAppInput& input) const {
    const auto owner = parts_.organisations.get(tx, input.organisation_id);
    require_scope(
        caller, owner.path, {Role::province_admin, Role::city_admin, Role::county_admin, Role::school_admin});
    auto draft = input.draft;
    tidy_draft(draft);
    auto app = app_of(draft);
    app.name = tidy(app.name);
    app.purpose = tidy(app.purpose);
    app.organisation_id = owner.id;
    app.authentication = input.authentication;
    app.keys = input.keys ? input.keys->value : "";
    app.testing = true;
    std::vector<FieldError> errors;
    add_below_draft(parts_.oidc.faults_of(app), errors);
    check_shown(tx, AppId{}, draft.shown, errors);
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    const auto made = parts_.oidc.register_app(tx, caller, app);
    const auto now = parts_.clock.now();
    store::Listing listing;
    listing.app_id = made.app.id;
    listing.shown = json::encode(draft.shown);
    listing.version = 1;
    listing.made_by = caller.account;
    store::put_listing(tx, listing);
    store::put_member(
        tx,
        {.app_id = made.app.id,
         .account_id = caller.account,
         .role = MemberRole::tester,  // what they may change comes from the office, and ends with it
         .since = now});
    return {.app = get(tx, caller, made.app.id), .secret = made.secret};
}

AppDetail Portal::change(sql::Tx& tx, const Caller& caller, const ChangeInput& input) const {
    auto found = managed(tx, caller, input.id);
    if (found.listing.version != input.version) {
        throw Error(Fault::conflict, "portal.changed_meanwhile");
    }
    if (found.listing.state == State::submitted) {
        throw Error(Fault::conflict, "portal.in_review");
    }
    auto draft = input.draft;
    tidy_draft(draft);
    auto app = app_of(draft);
    app.name = draft.name = tidy(draft.name);
    app.purpose = draft.purpose = tidy(draft.purpose);
    app.authentication = found.app.authentication;
    app.keys = found.app.keys;
    std::vector<FieldError> errors;
    add_below_draft(parts_.oidc.faults_of(app), errors);
    check_shown(tx, input.id, draft.shown, errors);
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    auto& listing = found.listing;
    listing.state = State::draft;
    listing.reason.clear();
    ++listing.version;
    if (found.app.testing) {
        parts_.oidc.change_app(tx, caller, input.id, app);
        listing.shown = json::encode(draft.shown);
    } else if (is_same(draft, draft_of(found.app, found.shown()))) {
        if (listing.proposal) {
            note(tx, caller, found, Act::discarded, "");
        }
        listing.proposal.reset();
        listing.state = State::approved;
    } else {
        listing.proposal = json::encode(draft);
        record(tx, caller, "portal.proposed", found);
    }
    if (!store::put_listing(tx, listing)) {
        throw Error(Fault::conflict, "portal.changed_meanwhile");
    }
    return get(tx, caller, input.id);
}

std::string Portal::rotate_secret(sql::Tx& tx, const Caller& caller, AppId id) const {
    managed(tx, caller, id);
    return parts_.oidc.rotate_secret(tx, caller, id);
}

void Portal::end_replaced_secrets(sql::Tx& tx, const Caller& caller, AppId id) const {
    managed(tx, caller, id);
    parts_.oidc.end_replaced_secrets(tx, caller, id);
}

void Portal::replace_keys(sql::Tx& tx, const Caller& caller, AppId id, const std::string& keys) const {
    managed(tx, caller, id);
    parts_.oidc.replace_keys(tx, caller, id, keys);
}

void Portal::set_active(sql::Tx& tx, const Caller& caller, AppId id, bool active) const {
    const auto found = managed(tx, caller, id);
    if (!answers_for(caller, found)) {
        throw Error(Fault::forbidden, "portal.not_owner");
    }
    parts_.oidc.set_state(tx, caller, id, active ? oidc::AppState::active : oidc::AppState::disabled);
}

void Portal::record(sql::Tx& tx, const Caller& caller, const char* action, const Found& found) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = action,
                         .organisation_path = found.owner.path,
                         .subject_kind = "app",
                         .subject = std::to_string(found.app.id.value),
                         .details = {}});
}

}  // namespace educard::portal
