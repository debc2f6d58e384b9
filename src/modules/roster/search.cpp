// Finding people in a part of the tree: by the beginning of a name or of its initials in pinyin, by a whole
// card number, or by a whole document number, which is looked up by its blind index.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/roster/entries.hpp"
#include "modules/roster/import_job.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace educard::roster {

namespace {

constexpr int kMaxEntries = 200;
constexpr int kStep = 2'000;  // entries that are given initials in one transaction
constexpr std::size_t kCardNumberLength = 16;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string without_gaps(std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c == ' ' || c == '-'; });
    return out;
}

}  // namespace

std::vector<ListedEntry> Roster::list(sql::Tx& tx, const Caller& caller, const EntrySearch& search) const {
    const auto organisation = needs_.organisations.get(tx, search.organisation_id);
    require_scope(caller,
                  organisation.path,
                  {Role::province_admin,
                   Role::city_admin,
                   Role::county_admin,
                   Role::school_admin,
                   Role::class_teacher});
    const auto query = tidy_name(search.query);
    const auto records = std::ranges::any_of(query, is_digit)
                             ? find_by_number(tx, organisation, search, query)
                             : find_by_name(tx, organisation, search, query);
    std::map<OrganisationId, std::string> names;
    const auto name_of = [&](OrganisationId id) -> const std::string& {
        const auto [known, is_new] = names.try_emplace(id);
        if (is_new) {
            known->second =
                organisations::display_name(needs_.organisations.get(tx, id), needs_.organisations.today());
        }
        return known->second;
    };
    std::vector<ListedEntry> out;
    for (const auto& record : records) {
        out.push_back({.entry = entry_of(needs_.cipher, record),
                       .school_name = name_of(record.school_id),
                       .class_name = record.class_id ? name_of(*record.class_id) : ""});
    }
    return out;
}

std::vector<store::EntryRecord> Roster::find_by_name(sql::Tx& tx,
                                                     const organisations::Organisation& organisation,
                                                     const EntrySearch& search,
                                                     const std::string& query) const {
    using organisations::Kind;
    if (query.empty() && organisation.kind != Kind::school && organisation.kind != Kind::class_) {
        throw Error::invalid("query", "roster.query_needed");
    }
    const auto letters = without_gaps(query);
    const bool by_initials = !letters.empty() && std::ranges::all_of(letters, is_letter);
    store::Listing listing{.order = by_initials ? store::Order::initials : store::Order::name,
                           .prefix = by_initials ? fold_case(letters) : query,
                           .path = organisation.path,
                           .class_id = {},
                           .after = search.after,
                           .kind = search.kind,
                           .certification = search.certification,
                           .limit = std::clamp(search.limit, 1, kMaxEntries)};
    if (organisation.kind == Kind::class_) {
        listing.path = needs_.organisations.get(tx, *organisation.parent_id).path;
        listing.class_id = organisation.id;
    }
    return store::list_entries(tx, listing);
}

std::vector<store::EntryRecord> Roster::find_by_number(sql::Tx& tx,
                                                       const organisations::Organisation& organisation,
                                                       const EntrySearch& search,
                                                       const std::string& query) const {
    const auto number = without_gaps(query);
    auto digests = people::digests_of(needs_.blind_index, number);
    if (number.size() == kCardNumberLength && std::ranges::all_of(number, is_digit)) {
        std::ranges::move(needs_.observer.documents_of_card(tx, number), std::back_inserter(digests));
    }
    const auto is_wanted = [&](const store::EntryRecord& record) {
        const bool is_below =
            record.class_id == organisation.id ||
            needs_.organisations.get(tx, record.school_id).path.starts_with(organisation.path);
        return is_below && (!search.kind || record.kind == *search.kind) &&
               (!search.certification || record.certification == *search.certification) &&
               (!search.after || record.id > *search.after);
    };
    std::vector<store::EntryRecord> out;
    for (const auto& digest : digests) {
        for (auto& record : store::list_of_document(tx, digest)) {
            if (is_wanted(record)) {
                out.push_back(std::move(record));
            }
        }
    }
    std::ranges::sort(out, {}, &store::EntryRecord::id);
    return out;
}

void Roster::fill_initials(JobRun& run) const {
    std::int64_t last = 0;
    const auto& position = run.job().position;
    std::from_chars(position.data(), position.data() + position.size(), last);
    std::int64_t filled = 0;
    for (bool more = true; more;) {
        const auto step = needs_.database.write([&](sql::Tx& tx) {
            auto entries = store::list_without_initials(tx, EntryId{last}, kStep);
            for (const auto& entry : entries) {
                store::set_initials(tx, entry.id, name_initials(entry.name));
            }
            run.save(tx, std::to_string(entries.empty() ? last : entries.back().id.value), filled, 0);
            return entries;
        });
        more = !step.empty();
        last = more ? step.back().id.value : last;
        filled += static_cast<std::int64_t>(step.size());
    }
}

}  // namespace educard::roster
