// What editors do. Every change is a new version; two who change the same entry at once do not overwrite each
// other, for each says which state they saw.

#include "base/error.hpp"
#include "base/mask.hpp"
#include "base/prose.hpp"
#include "base/search_words.hpp"
#include "base/text.hpp"
#include "modules/questions/audience.hpp"
#include "modules/questions/questions.hpp"
#include "modules/questions/store.hpp"
#include "sql/full_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace educard::questions {

namespace {

constexpr int kMostVersions = 200;
constexpr int kMostComplaints = 100;
constexpr int kLines = 50;
constexpr int kMostLines = 200;
constexpr std::size_t kLongestNote = 500;

store::VersionRow checked(const Content& input) {
    std::vector<FieldError> errors;
    store::VersionRow row;
    row.title = mask_id_numbers(tidy_line(input.title));
    row.answer = mask_id_numbers(tidy_prose(input.answer.value));
    row.audience = bits_of(input.audience);
    row.open_to_all = input.open_to_all;
    row.valid_from = input.valid_from;
    row.valid_to = input.valid_to;
    row.note = mask_id_numbers(tidy_line(input.note.value_or("")));
    if (row.title.empty()) {
        errors.push_back({"title", "required"});
    } else if (count_characters(row.title) > Questions::kLongestTitle) {
        errors.push_back({"title", "too_long"});
    }
    if (row.answer.empty()) {
        errors.push_back({"answer", "required"});
    }
    if (row.audience == 0) {
        errors.push_back({"audience", "required"});
    }
    if (row.valid_from && row.valid_to && *row.valid_to <= *row.valid_from) {
        errors.push_back({"valid_to", "questions.ends_too_early"});
    }
    if (count_characters(row.note) > kLongestNote) {
        errors.push_back({"note", "too_long"});
    }
    if (!errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
    return row;
}

void take(store::QuestionRow& row, const store::VersionRow& version) {
    row.title = version.title;
    row.answer = version.answer;
    row.audience = version.audience;
    row.open_to_all = version.open_to_all;
    row.valid_from = version.valid_from;
    row.valid_to = version.valid_to;
}

void put_words(sql::Tx& tx, const store::QuestionRow& row) {
    store::put_words(tx, row.id, index_words(row.title), index_words(row.answer));
}

void change(sql::Tx& tx, store::QuestionRow& row) {
    const auto before = row.version++;
    if (!store::change(tx, row, before)) {
        throw Error(Fault::conflict, "questions.changed_meanwhile");
    }
}

void require_version(const store::QuestionRow& row, std::int64_t version) {
    if (row.version != version) {
        throw Error(Fault::conflict, "questions.changed_meanwhile");
    }
}

}  // namespace

store::QuestionRow Questions::get_own(sql::Tx& tx, const Caller& caller, QuestionId id) const {
    auto row = store::find(tx, id);
    if (!row || !may_administer(caller, row->path)) {
        throw Error(Fault::not_found, "questions.unknown");
    }
    return std::move(*row);
}

Question Questions::view_of(sql::Tx& tx,
                            const store::QuestionRow& row,
                            const store::VersionRow& newest) const {
    return {.id = row.id,
            .organisation_id = row.organisation_id,
            .organisation_name = organisation_name(tx, row.organisation_id),
            .language = row.language,
            .state = row.state,
            .version = row.version,
            .number = row.number,
            .published_number = row.published_number,
            .title = newest.title,
            .answer = newest.answer,
            .audience = audiences_of(newest.audience),
            .open_to_all = newest.open_to_all,
            .valid_from = newest.valid_from,
            .valid_to = newest.valid_to,
            .helpful = row.helpful,
            .unhelpful = row.unhelpful,
            .changed_at = row.changed_at,
            .published_at = row.published_at,
            .problem_id = row.problem_id};
}

void Questions::record(sql::Tx& tx,
                       const Caller& caller,
                       std::string action,
                       const store::QuestionRow& row) const {
    parts_.audit.record(tx,
                        caller,
                        {.action = std::move(action),
                         .organisation_path = row.path,
                         .subject_kind = "question",
                         .subject = std::to_string(row.id.value),
                         .details = boost::json::serialize(boost::json::object{{"number", row.number}})});
}

QuestionSlice Questions::list(sql::Tx& tx, const Caller& caller, const ListQuestions& input) const {
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    store::Lines wanted{.path = organisation.path,
                        .below = input.below.value_or(false),
                        .state = input.state,
                        .before = input.cursor.value_or(QuestionId{}),
                        .limit = std::clamp(input.limit.value_or(kLines), 1, kMostLines) + 1};
    if (input.query && !tidy(*input.query).empty()) {
        const auto phrases = search_phrases(*input.query);
        if (phrases.empty()) {
            return {};
        }
        wanted.expression = sql::match_expression(engine_, phrases, sql::Match::all);
    }
    QuestionSlice slice;
    for (const auto& row : store::lines(tx, engine_, wanted)) {
        if (static_cast<int>(slice.items.size()) + 1 == wanted.limit) {
            slice.next = slice.items.back().id;
            break;
        }
        slice.items.push_back({.id = row.id,
                               .organisation_id = row.organisation_id,
                               .organisation_name = organisation_name(tx, row.organisation_id),
                               .language = row.language,
                               .state = row.state,
                               .title = row.title,
                               .audience = audiences_of(row.audience),
                               .open_to_all = row.open_to_all,
                               .has_newer = row.published_number && *row.published_number != row.number,
                               .helpful = row.helpful,
                               .unhelpful = row.unhelpful,
                               .changed_at = row.changed_at});
    }
    return slice;
}

Question Questions::get(sql::Tx& tx, const Caller& caller, QuestionId id) const {
    const auto row = get_own(tx, caller, id);
    const auto newest = store::find_version(tx, id, row.number);
    EDU_ASSERT(newest.has_value());
    return view_of(tx, row, *newest);
}

Question Questions::create(sql::Tx& tx,
                           const Caller& caller,
                           const NewQuestion& input,
                           std::optional<ReportId> problem) const {
    const auto organisation = parts_.organisations.get(tx, input.organisation_id);
    if (!may_administer(caller, organisation.path)) {
        throw Error(Fault::forbidden, "scope.outside");
    }
    if (organisation.kind == organisations::Kind::class_ ||
        !organisation.is_open(parts_.organisations.today())) {
        throw Error::invalid("organisation_id", "questions.no_owner");
    }
    auto version = checked(input);
    const auto now = parts_.clock.now();
    store::QuestionRow row{.id = parts_.ids.next<QuestionId>(),
                           .organisation_id = organisation.id,
                           .path = organisation.path,
                           .depth = organisation.depth,
                           .language = input.language,
                           .state = State::draft,
                           .version = 1,
                           .number = 1,
                           .created_at = now,
                           .changed_at = now,
                           .problem_id = problem};
    take(row, version);
    version.question_id = row.id;
    version.number = row.number;
    version.account_id = caller.account;
    version.at = now;
    store::insert(tx, row);
    store::insert_version(tx, version);
    put_words(tx, row);
    record(tx, caller, "questions.created", row);
    return view_of(tx, row, version);
}

Question Questions::edit(sql::Tx& tx, const Caller& caller, const Edit& input) const {
    auto row = get_own(tx, caller, input.id);
    auto version = checked(input);
    require_version(row, input.version);
    if (row.number >= kMostVersions) {
        throw Error(Fault::conflict, "questions.too_many_versions");
    }
    row.changed_at = parts_.clock.now();
    ++row.number;
    if (!row.published_number) {
        take(row, version);
    }
    change(tx, row);
    version.question_id = row.id;
    version.number = row.number;
    version.account_id = caller.account;
    version.at = row.changed_at;
    store::insert_version(tx, version);
    if (!row.published_number) {
        put_words(tx, row);
    }
    record(tx, caller, "questions.changed", row);
    return view_of(tx, row, version);
}

Question Questions::publish(sql::Tx& tx, const Caller& caller, const Publish& input) const {
    auto row = get_own(tx, caller, input.id);
    require_version(row, input.version);
    const auto version = store::find_version(tx, input.id, input.number);
    if (!version) {
        throw Error::invalid("number", "questions.version_unknown");
    }
    if (row.state == State::published && row.published_number == input.number) {
        throw Error(Fault::conflict, "questions.published_already");
    }
    take(row, *version);
    row.state = State::published;
    row.published_number = input.number;
    row.changed_at = parts_.clock.now();
    row.published_at = row.changed_at;
    change(tx, row);
    put_words(tx, row);
    record(tx, caller, "questions.published", row);
    return get(tx, caller, input.id);
}

Question Questions::withdraw(sql::Tx& tx, const Caller& caller, const Withdraw& input) const {
    auto row = get_own(tx, caller, input.id);
    require_version(row, input.version);
    if (row.state == State::withdrawn) {
        throw Error(Fault::conflict, "questions.withdrawn_already");
    }
    row.state = State::withdrawn;
    row.changed_at = parts_.clock.now();
    change(tx, row);
    record(tx, caller, "questions.withdrawn", row);
    return get(tx, caller, input.id);
}

std::vector<Version> Questions::versions(sql::Tx& tx, const Caller& caller, QuestionId id) const {
    (void)get_own(tx, caller, id);
    std::vector<Version> list;
    for (auto& row : store::versions_of(tx, id, kMostVersions)) {
        list.push_back({.number = row.number,
                        .title = std::move(row.title),
                        .answer = std::move(row.answer),
                        .audience = audiences_of(row.audience),
                        .open_to_all = row.open_to_all,
                        .valid_from = row.valid_from,
                        .valid_to = row.valid_to,
                        .note = std::move(row.note),
                        .by = parts_.places.name_of(tx, row.account_id),
                        .at = row.at});
    }
    return list;
}

std::vector<Complaint> Questions::complaints(sql::Tx& tx, const Caller& caller, QuestionId id) const {
    (void)get_own(tx, caller, id);
    return store::complaints(tx, id, kMostComplaints);
}

void Questions::follow_move(sql::Tx& tx, std::string_view from, std::string_view to, int depth_change) const {
    store::move_paths(tx, from, to, depth_change);
}

}  // namespace educard::questions
