// Who reads what, and in which order. A search takes what has everything that was asked for; when there is
// little of that, what has much of it. Both engines hand over the same hits, and what comes first is decided
// here: the title before the text, then what people found helpful, then what is new.

#include "base/error.hpp"
#include "base/mask.hpp"
#include "base/prose.hpp"
#include "base/search_words.hpp"
#include "base/text.hpp"
#include "base/text_detail.hpp"
#include "modules/questions/audience.hpp"
#include "modules/questions/questions.hpp"
#include "modules/questions/store.hpp"
#include "sql/full_text.hpp"

#include <algorithm>
#include <tuple>

namespace educard::questions {

namespace {

constexpr OrganisationId kProvince{32};  // the root of the tree
constexpr int kMostHits = 300;
constexpr int kMostShown = 50;
constexpr int kShown = 20;
constexpr std::size_t kExcerpt = 90;       // code points
constexpr std::size_t kBeforeTheHit = 20;  // code points
constexpr std::size_t kLongestComment = 500;
// Of the words of a question in a whole sentence one in so many has to be in a hit, and two at least.
constexpr std::size_t kOneIn = 4;
constexpr std::size_t kAtLeast = 2;

std::string excerpt_of(std::string_view answer, std::string_view mark) {
    const auto characters = code_points(tidy_line(answer));
    std::size_t from = 0;
    if (!mark.empty()) {
        const auto folded = code_points(fold_case(tidy_line(answer)));
        const auto found =
            folded.size() == characters.size() ? folded.find(code_points(mark)) : std::u32string::npos;
        from = found == std::u32string::npos || found <= kBeforeTheHit ? 0 : found - kBeforeTheHit;
    }
    std::string text = from > 0 ? "…" : "";
    for (const auto c : std::u32string_view(characters).substr(from, kExcerpt)) {
        append_code_point(text, c);
    }
    return characters.size() > from + kExcerpt ? text + "…" : text;
}

struct Ranked {
    QuestionId id;
    std::size_t in_title = 0;  // of the phrases
    std::size_t in_all = 0;
    std::size_t place = 0;  // in which the hits came
};

Ranked rank(const store::HitRow& hit, const std::vector<SearchPhrase>& phrases) {
    Ranked ranked{.id = hit.id};
    for (const auto& phrase : phrases) {
        const bool in_title = contains(hit.title_words, phrase);
        ranked.in_title += in_title ? 1 : 0;
        ranked.in_all += in_title || contains(hit.body_words, phrase) ? 1 : 0;
    }
    return ranked;
}

std::vector<std::string> texts_of(const std::vector<SearchPhrase>& phrases) {
    std::vector<std::string> texts;
    std::ranges::transform(phrases, std::back_inserter(texts), &SearchPhrase::text);
    return texts;
}

}  // namespace

struct Questions::Reader {
    store::Scope scope;

    /// Whether they may read it at all, by whichever way they came to it.
    bool reads(const store::QuestionRow& row) const {
        const auto begun = !row.valid_from || *row.valid_from <= scope.today;
        const auto over = row.valid_to && *row.valid_to <= scope.today;
        if (row.state != State::published || !begun || over) {
            return false;
        }
        return row.open_to_all ||
               (!scope.visitor && (row.audience & scope.audience) != 0 &&
                std::ranges::find(scope.organisations, row.organisation_id) != scope.organisations.end());
    }
};

std::string Questions::organisation_name(sql::Tx& tx, OrganisationId id) const {
    const auto organisation = parts_.organisations.find(tx, id);
    return organisation ? organisations::display_name(*organisation, parts_.organisations.today())
                        : std::string();
}

Questions::Reader Questions::reader_of(sql::Tx& tx,
                                       const Caller& caller,
                                       std::optional<Audience> only) const {
    Reader reader;
    reader.scope.today = parts_.organisations.today();
    reader.scope.visitor = !caller.signed_in();
    if (reader.scope.visitor) {
        reader.scope.organisations.front() = kProvince;
        reader.scope.audience = only ? bit_of(*only) : kEveryAudience;
        return reader;
    }
    std::vector<std::string> paths;
    for (const auto& place : parts_.places.of(tx, caller)) {
        paths.push_back(place.path);
        reader.scope.audience |= bit_of(place.as);
    }
    for (const auto& grant : caller.grants) {
        paths.push_back(grant.path);
        reader.scope.audience |=
            bit_of(grant.role == Role::class_teacher ? Audience::teacher : Audience::administrator);
    }
    if (reader.scope.audience == 0) {  // about to become one of these
        reader.scope.audience =
            bit_of(Audience::student) | bit_of(Audience::guardian) | bit_of(Audience::teacher);
    }
    if (only) {
        reader.scope.audience &= bit_of(*only);
    }
    std::size_t used = 0;
    const auto add = [&](OrganisationId id) {
        auto& list = reader.scope.organisations;
        if (used < list.size() &&
            std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(used), id) ==
                list.begin() + static_cast<std::ptrdiff_t>(used)) {
            list[used++] = id;
        }
    };
    // Level by level, so that the upper ones are there however many places somebody has.
    constexpr std::size_t kDeepest = 8;
    std::vector<std::vector<OrganisationId>> lines;
    for (const auto& path : paths) {
        auto& line = lines.emplace_back();
        for (std::size_t at = 1; at < path.size();) {
            const auto end = path.find('/', at);
            if (const auto id = parse_id(std::string_view(path).substr(at, end - at))) {
                line.push_back(OrganisationId{*id});
            }
            at = end == std::string::npos ? path.size() : end + 1;
        }
    }
    add(kProvince);
    for (std::size_t level = 0; level < kDeepest; ++level) {
        for (const auto& line : lines) {
            if (level < line.size()) {
                add(line[level]);
            }
        }
    }
    return reader;
}

std::array<OrganisationId, Questions::kMostAncestors> Questions::organisations_of(
    sql::Tx& tx, const Caller& caller) const {
    return reader_of(tx, caller, std::nullopt).scope.organisations;
}

AnswerSummary Questions::summary_of(sql::Tx& tx, const store::QuestionRow& row, std::string_view mark) const {
    return {.id = row.id,
            .title = row.title,
            .excerpt = excerpt_of(row.answer, mark),
            .organisation_id = row.organisation_id,
            .organisation_name = organisation_name(tx, row.organisation_id),
            .audience = audiences_of(row.audience),
            .open_to_all = row.open_to_all,
            .helpful = row.helpful,
            .published_at = row.published_at.value_or(row.changed_at)};
}

Found Questions::browse(sql::Tx& tx, const Reader& reader, int limit) const {
    Found found;
    for (const auto& row : store::most_helpful(tx, reader.scope, limit)) {
        found.items.push_back(summary_of(tx, row, ""));
    }
    return found;
}

Found Questions::find(sql::Tx& tx, const Caller& caller, const Find& input) const {
    const auto reader = reader_of(tx, caller, input.audience);
    const auto limit = std::clamp(input.limit.value_or(kShown), 1, kMostShown);
    if (!input.query || tidy(*input.query).empty()) {
        return browse(tx, reader, limit);
    }
    Found found;
    auto phrases = search_phrases(*input.query);
    if (phrases.empty()) {
        return found;
    }
    const auto search = [&](sql::Match match) {
        std::vector<Ranked> ranked;
        for (const auto& hit :
             store::hits(tx, engine_, match_expression(engine_, phrases, match), reader.scope, kMostHits)) {
            ranked.push_back(rank(hit, phrases));
            ranked.back().place = ranked.size();
        }
        return ranked;
    };
    auto ranked = search(sql::Match::all);
    if (ranked.empty()) {
        found.exact = false;
        phrases = single_words(phrases);
        ranked = search(sql::Match::any);
        const auto needed =
            std::max(std::min(kAtLeast, phrases.size()), (phrases.size() + kOneIn - 1) / kOneIn);
        std::erase_if(ranked, [&](const Ranked& one) { return one.in_all < needed; });
    }
    std::ranges::sort(ranked, [](const Ranked& one, const Ranked& other) {
        return std::tuple(other.in_all, other.in_title, one.place) <
               std::tuple(one.in_all, one.in_title, other.place);
    });
    found.marks = texts_of(phrases);
    for (const auto& one : ranked) {
        if (found.items.size() == static_cast<std::size_t>(limit)) {
            break;
        }
        if (const auto row = store::find(tx, one.id)) {
            found.items.push_back(summary_of(tx, *row, phrases.front().text));
        }
    }
    return found;
}

Answer Questions::answer(sql::Tx& tx, const Caller& caller, QuestionId id) const {
    const auto row = store::find(tx, id);
    if (!row || !reader_of(tx, caller, std::nullopt).reads(*row)) {
        throw Error(Fault::not_found, "questions.unknown");
    }
    Caller acting = caller;
    keep_to_acting(acting);
    return {.id = row->id,
            .title = row->title,
            .answer = row->answer,
            .language = row->language,
            .organisation_id = row->organisation_id,
            .organisation_name = organisation_name(tx, row->organisation_id),
            .audience = audiences_of(row->audience),
            .open_to_all = row->open_to_all,
            .helpful = row->helpful,
            .published_at = row->published_at.value_or(row->changed_at),
            .mine = caller.signed_in() ? store::feedback_of(tx, id, caller.account) : std::nullopt,
            .may_edit = may_administer(acting, row->path)};
}

Answer Questions::give_feedback(sql::Tx& tx, const Caller& caller, const Feedback& input) const {
    auto feedback = input;
    if (feedback.helpful) {
        feedback.reason.reset();
        feedback.comment.reset();
    } else if (!feedback.reason) {
        throw Error::invalid("reason", "required");
    }
    if (feedback.comment) {
        feedback.comment = mask_id_numbers(tidy_prose(*feedback.comment));
        if (count_characters(*feedback.comment) > kLongestComment) {
            throw Error::invalid("comment", "too_long");
        }
        if (feedback.comment->empty()) {
            feedback.comment.reset();
        }
    }
    (void)answer(tx, caller, input.id);
    const auto now = parts_.clock.now();
    const int turn = feedback.helpful ? 1 : -1;
    if (store::insert_feedback(tx, feedback, caller.account, now)) {
        store::count_feedback(tx, input.id, feedback.helpful ? 1 : 0, feedback.helpful ? 0 : 1);
    } else if (store::turn_feedback(tx, feedback, caller.account, now)) {
        store::count_feedback(tx, input.id, turn, -turn);
    } else {
        store::change_feedback(tx, feedback, caller.account, now);
    }
    return answer(tx, caller, input.id);
}

}  // namespace educard::questions
