// Known problems: said once to everybody below an organisation, for as long as they last.

#include "base/error.hpp"
#include "base/mask.hpp"
#include "base/prose.hpp"
#include "base/text.hpp"
#include "modules/problems/acting.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"

namespace educard::problems {

namespace {

constexpr int kMostNotices = 20;
constexpr int kMostListed = 100;
constexpr std::size_t kLongestNoticeTitle = 100;  // characters
constexpr std::size_t kLongestText = 1000;

void check(std::string& title, std::string& text) {
    std::vector<FieldError> errors;
    title = mask_id_numbers(tidy_line(title));
    text = mask_id_numbers(tidy_prose(text));
    if (title.empty()) {
        errors.push_back({"title", "required"});
    } else if (count_characters(title) > kLongestNoticeTitle) {
        errors.push_back({"title", "too_long"});
    }
    if (text.empty()) {
        errors.push_back({"text", "required"});
    } else if (count_characters(text) > kLongestText) {
        errors.push_back({"text", "too_long"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
}

}  // namespace

Notice Problems::notice_view(sql::Tx& tx, const store::NoticeRow& row, std::optional<bool> mine) const {
    return {.id = row.id,
            .organisation_id = row.organisation_id,
            .organisation_name = name_of(tx, row.organisation_id),
            .kind = row.kind,
            .title = row.title,
            .text = row.text,
            .since = row.since,
            .ended_at = row.ended_at,
            .me_too = row.me_too,
            .mine = mine,
            .version = row.version,
            .problem_id = mine ? std::nullopt : row.problem_id};
}

std::vector<Notice> Problems::notices(sql::Tx& tx, const Caller& caller) const {
    std::vector<Notice> list;
    for (const auto& row :
         store::notices_for(tx, parts_.questions.organisations_of(tx, caller), kMostNotices)) {
        list.push_back(
            notice_view(tx, row, caller.signed_in() && store::has_me_too(tx, row.id, caller.account)));
    }
    return list;
}

Notice Problems::me_too(sql::Tx& tx, const Caller& caller, NoticeId id) const {
    const auto row = store::find_notice(tx, id);
    const auto organisations = parts_.questions.organisations_of(tx, caller);
    if (!row || row->ended_at ||
        std::ranges::find(organisations, row->organisation_id) == organisations.end()) {
        throw Error(Fault::not_found, "problems.notice_unknown");
    }
    if (store::insert_me_too(tx, id, caller.account, parts_.clock.now())) {
        store::count_me_too(tx, id);
    }
    return notice_view(tx, *store::find_notice(tx, id), true);
}

std::vector<Notice> Problems::own_notices(sql::Tx& tx,
                                          const Caller& caller,
                                          OrganisationId organisation) const {
    const auto found = parts_.organisations.get(tx, organisation);
    if (!may_administer(caller, found.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    std::vector<Notice> list;
    for (const auto& row : store::notices_below(tx, found.path, kMostListed)) {
        list.push_back(notice_view(tx, row, std::nullopt));
    }
    return list;
}

store::NoticeRow Problems::get_notice(sql::Tx& tx, const Caller& caller, NoticeId id) const {
    auto row = store::find_notice(tx, id);
    if (!row || !may_administer(caller, row->path)) {
        throw Error(Fault::not_found, "problems.notice_unknown");
    }
    return std::move(*row);
}

Notice Problems::make_notice(sql::Tx& tx, const Caller& caller, const NewNotice& input) const {
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (!is_desk(organisation.kind) || !organisation.is_open(today())) {
        throw Error::invalid("organisation_id", "problems.no_home");
    }
    auto title = input.title;
    auto text = input.text;
    check(title, text);
    if (input.problem_id) {
        (void)get_seen(tx, caller, *input.problem_id);
    }
    const auto now = parts_.clock.now();
    const store::NoticeRow row{.id = parts_.ids.next<NoticeId>(),
                               .organisation_id = organisation.id,
                               .path = organisation.path,
                               .problem_id = input.problem_id,
                               .kind = input.kind,
                               .title = title,
                               .text = text,
                               .version = 1,
                               .made_by = caller.account,
                               .since = now,
                               .changed_at = now};
    store::insert_notice(tx, row);
    parts_.audit.record(tx,
                        caller,
                        {.action = "problems.notice_made",
                         .organisation_path = row.path,
                         .subject_kind = "problem_notice",
                         .subject = std::to_string(row.id.value),
                         .details = {}});
    return notice_view(tx, row, std::nullopt);
}

Notice Problems::change_notice(sql::Tx& tx, const Caller& caller, const ChangeNotice& input) const {
    auto row = get_notice(tx, caller, input.id);
    row.version = input.version;
    row.title = input.title;
    row.text = input.text;
    check(row.title, row.text);
    row.changed_at = parts_.clock.now();
    if (!store::change_notice(tx, row)) {
        throw Error(Fault::conflict, "problems.changed_meanwhile");
    }
    parts_.audit.record(tx,
                        caller,
                        {.action = "problems.notice_changed",
                         .organisation_path = row.path,
                         .subject_kind = "problem_notice",
                         .subject = std::to_string(row.id.value),
                         .details = {}});
    return notice_view(tx, *store::find_notice(tx, input.id), std::nullopt);
}

Notice Problems::end_notice(sql::Tx& tx, const Caller& caller, const EndNotice& input) const {
    auto row = get_notice(tx, caller, input.id);
    row.version = input.version;
    row.changed_at = parts_.clock.now();
    row.ended_at = row.changed_at;
    if (!store::change_notice(tx, row)) {
        throw Error(Fault::conflict, "problems.changed_meanwhile");
    }
    parts_.audit.record(tx,
                        caller,
                        {.action = "problems.notice_ended",
                         .organisation_path = row.path,
                         .subject_kind = "problem_notice",
                         .subject = std::to_string(row.id.value),
                         .details = {}});
    return notice_view(tx, *store::find_notice(tx, input.id), std::nullopt);
}

}  // namespace educard::problems
