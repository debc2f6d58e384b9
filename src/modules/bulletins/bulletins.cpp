#include "modules/bulletins/bulletins.hpp"

#include "modules/bulletins/opened.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace educard::bulletins {

namespace {

using organisations::Organisation;

constexpr auto kRound = std::chrono::seconds(30);
constexpr int kUsualLimit = 30;
constexpr int kMostLimit = 100;

/// A grant by which a bulletin of the organisation at `path` is read: held there, below, or above.
const Grant* grant_to_read(const Caller& caller, std::string_view path) {
    const auto found = std::ranges::find_if(caller.grants, [&](const Grant& grant) {
        return is_within(grant.path, path) || is_within(path, grant.path);
    });
    return found == caller.grants.end() ? nullptr : &*found;
}

Error unknown() {
    return Error(Fault::not_found, "bulletins.unknown");
}

Time since_1970(Date day) {
    return std::chrono::time_point_cast<Microseconds>(std::chrono::sys_days(day));
}

}  // namespace

Bulletins::Bulletins(Parts parts) : parts_(std::move(parts)) {}

Bulletins::~Bulletins() {
    stop();
}

void Bulletins::start() {
    ticker_ = std::make_unique<Ticker>("bulletins", kRound, [this] {
        run_logged("bulletins.keep_day", [this] { parts_.rollout.keep_day(parts_.database); });
        run_logged("bulletins.thin_days", [this] { parts_.rollout.thin_days(parts_.database); });
        make_due();
    });
}

void Bulletins::stop() {
    ticker_.reset();
}

Bulletins::Opened Bulletins::open(sql::Tx& tx, const Caller& caller, BulletinId id) const {
    auto row = store::find(tx, id);
    if (!row) {
        throw unknown();
    }
    auto organisation = parts_.organisations.get(tx, row->organisation_id);
    const bool may_edit = may_administer(caller, organisation.path);
    const bool may_read =
        may_edit || (row->state != State::draft && grant_to_read(caller, organisation.path) != nullptr);
    if (!may_read) {
        throw unknown();
    }
    return {std::move(*row), std::move(organisation), may_edit};
}

Bulletins::Opened Bulletins::open_to_edit(sql::Tx& tx, const Caller& caller, BulletinId id) const {
    auto opened = open(tx, caller, id);
    if (!opened.may_edit) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    return opened;
}

std::optional<std::string> Bulletins::name_of(sql::Tx& tx, std::optional<AccountId> account) const {
    return account ? parts_.name_of(tx, *account) : std::nullopt;
}

Summary Bulletins::summary_of(sql::Tx& tx,
                              const Caller& caller,
                              const store::BulletinRow& row,
                              bool read) const {
    const auto day = row.published_at ? date_in_china(*row.published_at) : row.day;
    const auto then = parts_.organisations.as_of(tx, row.organisation_id, day);
    const auto organisation = then ? *then : parts_.organisations.get(tx, row.organisation_id);
    return {.id = row.id,
            .organisation_id = row.organisation_id,
            .organisation_name = organisations::display_name(organisation, day),
            .state = row.state,
            .number = row.number_text,
            .title = caller.language == Language::en ? row.title_en : row.title_zh_cn,
            .day = row.day,
            .level = row.level,
            .people = row.people,
            .version = row.version,
            .scheduled = row.schedule_id.has_value(),
            .read = read,
            .made_at = row.made_at,
            .published_at = row.published_at};
}

std::pair<std::vector<Summary>, std::optional<std::string>> Bulletins::list(sql::Tx& tx,
                                                                            const Caller& caller,
                                                                            const ListInput& input) const {
    auto asked = input.organisation_id;
    if (!asked) {
        const auto highest =
            std::ranges::min_element(caller.grants, {}, [](const Grant& grant) { return grant.path.size(); });
        if (highest == caller.grants.end()) {
            throw Error(Fault::forbidden, "scope.outside");
        }
        asked = highest->organisation;
    }
    const auto organisation = parts_.organisations.get(tx, *asked);
    require_scope(caller,
                  organisation.path,
                  {Role::province_admin,
                   Role::city_admin,
                   Role::county_admin,
                   Role::school_admin,
                   Role::class_teacher});
    const auto box = input.box.value_or(Box::all);
    std::vector<OrganisationId> owners;
    for (const auto& one : parts_.organisations.line(tx, organisation)) {
        const bool is_own = one.id == organisation.id;
        if (box == Box::all || is_own == (box == Box::own)) {
            owners.push_back(one.id);
        }
    }
    EDU_ASSERT(owners.size() <= store::kMostOwners);
    const auto limit = std::clamp(input.limit.value_or(kUsualLimit), 1, kMostLimit);
    const auto drafts_of = may_administer(caller, organisation.path) ? organisation.id : OrganisationId();
    const BulletinId end{std::numeric_limits<std::int64_t>::max()};
    const auto rows = store::list(tx, owners, drafts_of, input.cursor.value_or(end), limit);
    if (rows.empty()) {
        return {};
    }
    const auto read = store::read_by(tx, caller.account, rows.back().id, rows.front().id);
    std::pair<std::vector<Summary>, std::optional<std::string>> page;
    for (const auto& row : rows) {
        page.first.push_back(summary_of(tx, caller, row, read.contains({row.id, row.version})));
    }
    if (rows.size() == static_cast<std::size_t>(limit)) {
        page.second = std::to_string(rows.back().id.value);
    }
    return page;
}

View Bulletins::view_of(sql::Tx& tx, const Caller& caller, const WhichVersion& which) const {
    const auto opened = open(tx, caller, which.id);
    const auto& row = opened.row;
    const auto version = store::find_version(tx, row.id, which.version.value_or(row.version));
    if (!version) {
        throw unknown();
    }
    const auto wording = json::decode<Wording>(version->wording);
    const auto read = store::read_by(tx, caller.account, row.id, row.id);
    auto acting = caller;
    keep_to_acting(acting);  // an inspector is not told that they may do something
    View view{.summary = summary_of(tx, caller, row, read.contains({row.id, row.version})),
              .shown_version = version->version,
              .replaced = version->version != row.version,
              .may_edit = may_administer(acting, opened.organisation.path),
              .revision = row.revision,
              .figures = json::decode<Figures>(version->figures),
              .order_by_rate = version->order_by_rate,
              .published_by = name_of(tx, row.published_by),
              .withdrawn_at = row.withdrawn_at,
              .withdrawn_reason = row.withdrawn_reason};
    view.shown = show(wording, view.figures, which.language.value_or(caller.language));
    for (const auto& one : store::versions(tx, row.id)) {
        view.versions.push_back({one.version, one.made_at, name_of(tx, one.made_by), one.reason});
    }
    if (opened.may_edit) {
        view.wording = wording;
        view.readers = store::readers(tx, row.id, row.version);
    }
    return view;
}

View Bulletins::view(sql::Tx& tx, const Caller& caller, const WhichVersion& which) const {
    return view_of(tx, caller, which);
}

Difference Bulletins::compare(const Caller& caller,
                              const store::VersionRow& before,
                              const store::VersionRow& after,
                              std::optional<Language> language) const {
    const auto shown_in = language.value_or(caller.language);
    const auto was = json::decode<Figures>(before.figures);
    const auto is = json::decode<Figures>(after.figures);
    const auto old_text = show(json::decode<Wording>(before.wording), was, shown_in);
    const auto new_text = show(json::decode<Wording>(after.wording), is, shown_in);
    Difference found{.before = before.version,
                     .after = after.version,
                     .reason = after.reason,
                     .texts = {},
                     .cells = {difference(was, is)},
                     .reordered = before.order_by_rate != after.order_by_rate};
    if (old_text.title != new_text.title) {
        found.texts.push_back({TextPart::title, old_text.title, new_text.title});
    }
    if (old_text.paragraphs != new_text.paragraphs) {
        found.texts.push_back({TextPart::body,
                               fmt::format("{}", fmt::join(old_text.paragraphs, "\n")),
                               fmt::format("{}", fmt::join(new_text.paragraphs, "\n"))});
    }
    return found;
}

Difference Bulletins::difference_of(sql::Tx& tx, const Caller& caller, const WhichVersion& which) const {
    const auto opened = open(tx, caller, which.id);
    const auto version = which.version.value_or(opened.row.version);
    const auto after = store::find_version(tx, which.id, version);
    const auto before = store::find_version(tx, which.id, version - 1);
    if (!after) {
        throw unknown();
    }
    if (!before) {
        throw Error(Fault::conflict, "bulletins.first_version");
    }
    return compare(caller, *before, *after, which.language);
}

void Bulletins::mark_read(sql::Tx& tx, const Caller& caller, BulletinId id) const {
    const auto opened = open(tx, caller, id);
    const auto* const grant = grant_to_read(caller, opened.organisation.path);
    if (opened.row.state != State::draft && grant != nullptr) {
        store::mark_read(tx, caller.account, id, opened.row.version, grant->organisation, parts_.clock.now());
    }
}

Document Bulletins::document(const Caller& caller, const WhichVersion& which) const {
    const auto view = parts_.database.read([&](sql::Tx& tx) { return view_of(tx, caller, which); });
    const auto language = which.language.value_or(caller.language);
    const bool english = language == Language::en;
    const auto& words = words_in(language);
    Document document{.language = language,
                      .organisation = view.figures.organisation.name,
                      .number = view.summary.number.value_or(words.draft),
                      .remark = {},
                      .shown = view.shown,
                      .figures = view.figures,
                      .rows = view.order_by_rate ? by_rate(view.figures.rows.items) : view.figures.rows.items,
                      .order_by_rate = view.order_by_rate,
                      .version = view.shown_version,
                      .date = {},
                      .file_name = {}};
    const auto made = std::ranges::find(view.versions, view.shown_version, &VersionView::version);
    const auto at = view.shown_version == 1 && view.summary.published_at ? *view.summary.published_at
                    : made != view.versions.end()                        ? made->made_at
                                                                         : since_1970(view.summary.day);
    document.date = day_text(date_in_china(at), language);
    document.file_name = fmt::format("bulletin-{}-v{}", view.summary.id.value, view.shown_version);
    if (view.summary.state == State::draft) {
        document.remark = english ? "Draft: not published" : "草稿，尚未发布";
    } else if (view.summary.state == State::withdrawn) {
        document.remark = fmt::format(fmt::runtime(english ? "Withdrawn on {}: {}" : "本通报已于{}撤回：{}"),
                                      day_text(date_in_china(*view.withdrawn_at), language),
                                      view.withdrawn_reason.value_or(""));
    } else if (view.replaced) {
        document.remark = fmt::format(
            fmt::runtime(english ? "Version {}, replaced by version {}" : "第{}版，已被第{}版替代"),
            view.shown_version,
            view.summary.version);
    } else if (view.shown_version > 1) {
        document.remark =
            fmt::format(fmt::runtime(english ? "Version {}, corrected: {}" : "第{}版（更正）：{}"),
                        view.shown_version,
                        made->reason.value_or(""));
    }
    return document;
}

}  // namespace educard::bulletins
