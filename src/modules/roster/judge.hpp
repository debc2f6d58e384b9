#pragma once
// Second half of judging a row: against the tree of organisations, against the other rows of the list, and
// against what the roster has already. One thread; lives for one attempt at a dry run.

#include "modules/roster/record.hpp"
#include "modules/roster/store.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace educard::roster {

/// What of an entry is kept sealed.
struct Secrets {
    std::string number;
    std::string student_number;
    std::vector<Guardian> guardians;

    bool operator==(const Secrets&) const = default;
};
BOOST_DESCRIBE_STRUCT(Secrets, (), (number, student_number, guardians))

Bytes seal_secrets(const crypto::FieldCipher& cipher, EntryId entry, const Secrets& secrets);
Secrets open_secrets(const crypto::FieldCipher& cipher, EntryId entry, const Bytes& sealed);

/// "primary/2024/3".
std::string text_of(const organisations::ClassKey& key);
/// Keyed digest of all that the school says of somebody.
std::string fingerprint_of(const crypto::BlindIndex& index, const Record& record, std::string_view class_key);

/// A row on its way through the dry run.
struct Candidate {
    store::RowRecord row;
    Record record;
    FieldSet said;  // what its list has columns for
    std::vector<RowFault> faults;
};

class Judge {
public:
    Judge(const Needs& needs, const store::ImportRecord& import);

    /// What was judged by an earlier attempt, for finding duplicates.
    void recall(const std::vector<store::SeenRow>& rows);
    /// Completes the rows: place in the tree, digest, fingerprint, outcome, what to write.
    void judge(std::vector<Candidate>& batch);

    /// The school of an import for one school.
    std::optional<OrganisationId> own_school() const;

private:
    struct School {
        organisations::Organisation organisation;
        std::map<std::string, std::optional<OrganisationId>, std::less<>> classes;  // by class key
        bool has_entries = true;
    };
    // One of these for each row of the list is all that is kept of it: 24 octets, in one table without nodes.
    struct SeenKey {
        std::uint64_t first = 0;  // of the digest's octets, which are spread evenly, with the kind mixed in
        std::uint64_t second = 0;
        bool operator==(const SeenKey&) const = default;
    };
    struct Spread {
        using is_avalanching = void;
        std::size_t operator()(const SeenKey& key) const noexcept { return key.first; }
    };
    struct Seen {
        std::uint32_t line = 0;
        std::uint32_t content = 0;  // hashed; only tells which of two faults a second row has
    };
    static SeenKey seen_key(Kind kind, const Bytes& digest);

    School* find_school(sql::Tx& tx, Candidate& candidate);
    School* load_school(sql::Tx& tx,
                        const std::string& key,
                        const std::optional<organisations::Organisation>& found);
    void place(sql::Tx& tx, Candidate& candidate);
    void find_class(sql::Tx& tx, Candidate& candidate, School& school);
    void identify(Candidate& candidate);
    void find_duplicate(Candidate& candidate);
    void compare(sql::Tx& tx, Candidate& candidate);
    std::optional<store::EntryRecord> find_known(sql::Tx& tx, Candidate& candidate) const;
    void keep_unsaid(Candidate& candidate, const store::EntryRecord& known, const Secrets& secrets) const;
    void finish(Candidate& candidate) const;

    const Needs& needs_;
    const store::ImportRecord& import_;
    std::optional<organisations::Organisation> root_;
    Date today_;
    std::map<std::string, std::optional<School>, std::less<>>
        schools_;  // by code or name as the list says it
    std::map<std::string, std::optional<organisations::ClassKey>, std::less<>> class_names_;
    boost::unordered_flat_map<SeenKey, Seen, Spread> seen_;
};

}  // namespace educard::roster
