// Finding people in a part of the tree: by a name, its pinyin or its initials, by a whole card number, or by
// a whole document number, which is looked up by its blind index.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "modules/roster/entries.hpp"
#include "modules/roster/import_job.hpp"
#include "modules/roster/record.hpp"
#include "runtime/audit.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace educard::roster {

namespace {

constexpr int kMaxEntries = 200;
constexpr int kStep = 2'000;  // entries that are given initials in one transaction
constexpr int kBatch = 500;
constexpr int kScatteredBatch = 100;        // in the whole tree, where neighbours by name lie far apart
constexpr std::size_t kMostLooked = 5'000;  // entries, for one page
constexpr std::size_t kMostReadings = 4;
constexpr std::size_t kCardNumberLength = 16;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string without_gaps(std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c == ' ' || c == '-'; });
    return out;
}

/// The letters of a query in pinyin, ü as v; empty when it is none.
std::string letters_of(std::string_view query) {
    constexpr std::string_view kUmlaut = "ü";
    auto out = fold_case(without_gaps(query));
    for (auto at = out.find(kUmlaut); at != std::string::npos; at = out.find(kUmlaut)) {
        out.replace(at, kUmlaut.size(), "v");
    }
    return std::ranges::all_of(out, is_letter) ? out : std::string();
}

/// The query as names are kept: of Han names spaces do not count, and a full stop is the dot of foreign
/// names.
std::string tidy_query(std::string_view query) {
    std::string out = tidy(query);
    if (std::ranges::any_of(out, [](char c) { return static_cast<unsigned char>(c) >= 0x80U; })) {
        for (auto at = out.find('.'); at != std::string::npos; at = out.find('.', at)) {
            out.replace(at, 1, "·");
        }
    }
    return tidy_name(out);
}

/// One thing that somebody may mean: a range of an index, and what of it fits.
struct Meaning {
    store::Order order{};
    std::string prefix;
    std::function<bool(const std::string& name)> fits;  // empty: all of the range

    bool has(const std::string& name) const {
        const auto key = order == store::Order::name ? name : name_initials(name);
        return key.starts_with(prefix) && (!fits || fits(name));
    }
};

std::vector<Meaning> meanings_of_letters(const std::string& letters, bool is_narrow) {
    std::vector<Meaning> out;
    const auto reads = [letters](const std::string& name) { return reads_as(name, letters); };
    for (auto& initials : initials_of_reading(letters, kMostReadings)) {
        if (initials != letters) {
            out.push_back({.order = store::Order::initials, .prefix = std::move(initials), .fits = reads});
        }
    }
    out.push_back({.order = store::Order::initials, .prefix = letters, .fits = {}});
    if (is_narrow) {
        out.push_back(
            {.order = store::Order::initials, .prefix = "", .fits = [letters](const std::string& name) {
                 return reads_within(name, letters) || name_key(name).contains(letters);
             }});
    }
    return out;
}

/// Names are also kept with a space behind the surname, as people type it to align lists.
std::vector<Meaning> meanings_of_name(const std::string& query, bool is_narrow) {
    std::string close = query;
    std::erase(close, ' ');
    std::vector<std::string> prefixes{close};
    constexpr std::size_t kHan = 3;  // octets
    if (close.size() > kHan && static_cast<unsigned char>(close.front()) >= 0xE0U) {
        prefixes.push_back(close.substr(0, kHan) + " " + close.substr(kHan));
    }
    prefixes.push_back(query);
    std::vector<Meaning> out;
    for (auto& prefix : prefixes) {
        if (std::ranges::find(out, prefix, &Meaning::prefix) == out.end()) {
            out.push_back({.order = store::Order::name, .prefix = std::move(prefix), .fits = {}});
        }
    }
    if (is_narrow && !query.empty()) {
        out.push_back({.order = store::Order::name,
                       .prefix = "",
                       .fits = [key = name_key(query)](const std::string& name) {
                           return name_key(name).contains(key);
                       }});
    }
    return out;
}

bool passes(const store::EntryRecord& record, const EntrySearch& search) {
    return (!search.kind || record.kind == *search.kind) &&
           (!search.certification || record.certification == *search.certification);
}

/// Whether it is searched through, not only by the beginning of names.
bool is_narrow(const organisations::Organisation& organisation) {
    return organisation.kind == organisations::Kind::school ||
           organisation.kind == organisations::Kind::class_;
}

organisations::Organisation require_reviewed(const Needs& needs,
                                             sql::Tx& tx,
                                             const Caller& caller,
                                             OrganisationId id) {
    auto organisation = needs.organisations.get(tx, id);
    require_scope(caller,
                  organisation.path,
                  {Role::province_admin,
                   Role::city_admin,
                   Role::county_admin,
                   Role::school_admin,
                   Role::class_teacher});
    return organisation;
}

}  // namespace

FoundEntries Roster::list(sql::Tx& tx, const Caller& caller, const EntrySearch& search) const {
    const auto organisation = require_reviewed(needs_, tx, caller, search.organisation_id);
    if (!is_narrow(organisation)) {
        throw Error::invalid("organisation_id", "roster.school_needed");
    }
    FoundEntries out;
    out.entries = with_places(tx, find_by_name(tx, organisation, search, "", out.next));
    return out;
}

FoundEntries Roster::search(sql::Tx& tx, const Caller& caller, const EntrySearch& search) const {
    const auto organisation = require_reviewed(needs_, tx, caller, search.organisation_id);
    const auto query = tidy_query(search.query);
    if (query.empty()) {
        throw Error::invalid("query", "roster.query_needed");
    }
    FoundEntries out;
    out.entries = with_places(tx,
                              std::ranges::any_of(query, is_digit)
                                  ? find_by_number(tx, organisation, search, query)
                                  : find_by_name(tx, organisation, search, query, out.next));
    return out;
}

std::vector<ListedEntry> Roster::with_places(sql::Tx& tx,
                                             const std::vector<store::EntryRecord>& records) const {
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
                                                     const std::string& query,
                                                     std::optional<EntryPlace>& next) const {
    const auto letters = letters_of(query);
    const auto meanings = letters.empty() ? meanings_of_name(query, is_narrow(organisation))
                                          : meanings_of_letters(letters, is_narrow(organisation));
    const auto limit = static_cast<std::size_t>(std::clamp(search.limit, 1, kMaxEntries));
    const bool looks_closer = search.kind || search.certification;
    store::Listing listing{.order = {},
                           .prefix = {},
                           .path = organisation.parent_id ? organisation.path : "",
                           .class_id = {},
                           .after = {},
                           .limit = 0};
    if (organisation.kind == organisations::Kind::class_) {
        listing.path = needs_.organisations.get(tx, *organisation.parent_id).path;
        listing.class_id = organisation.id;
    }
    std::vector<store::EntryRecord> out;
    std::size_t looked = 0;
    if (search.after) {
        listing.after = search.after->id;
    }
    for (std::size_t at = search.after ? search.after->meaning : 0; at < meanings.size(); ++at) {
        const auto& meaning = meanings[at];
        const auto shown_before = [&](const std::string& name) {
            return std::any_of(meanings.begin(),
                               meanings.begin() + static_cast<std::ptrdiff_t>(at),
                               [&](const Meaning& earlier) { return earlier.has(name); });
        };
        listing.order = meaning.order;
        listing.prefix = meaning.prefix;
        for (bool more = true; more;) {
            listing.limit = !meaning.fits && !looks_closer ? static_cast<int>(limit - out.size())
                            : listing.path.empty()         ? kScatteredBatch
                                                           : kBatch;
            auto records = store::list_entries(tx, listing);
            more = records.size() == static_cast<std::size_t>(listing.limit);
            looked += records.size();
            for (auto& record : records) {
                listing.after = record.id;
                if (!passes(record, search) || (meaning.fits && !meaning.fits(record.name)) ||
                    shown_before(record.name)) {
                    continue;
                }
                out.push_back(std::move(record));
                if (out.size() == limit) {
                    next = EntryPlace{.meaning = at, .id = *listing.after};
                    return out;
                }
            }
            if (more && looked >= kMostLooked) {
                next = EntryPlace{.meaning = at, .id = *listing.after};
                return out;
            }
        }
        listing.after.reset();
    }
    return out;
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
        return is_below && passes(record, search) && (!search.after || record.id > search.after->id);
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
