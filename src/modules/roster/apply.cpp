// Writing what was confirmed, in chunks: each chunk and the position behind it are one transaction, so that
// after a crash every row has been written once.
#include "base/error.hpp"
#include "base/json.hpp"
#include "modules/roster/import_job.hpp"
#include "modules/roster/roster.hpp"
#include "modules/roster/store.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace educard::roster {

namespace {

constexpr int kChunk = 5000;  // some 50 ms in which nobody else writes

/// Changes of the counts, gathered so that each class is told once per chunk.
class Moves {
public:
    void add(OrganisationId node,
             Kind kind,
             std::optional<Certification> from,
             std::optional<Certification> to) {
        if (from != to) {
            ++counts_[{node, kind, from, to}];
        }
    }
    void tell(sql::Tx& tx, RosterObserver& observer) const {
        for (const auto& [move, count] : counts_) {
            const auto& [node, kind, from, to] = move;
            observer.moved(tx, node, kind, from, to, count);
        }
    }

private:
    using Move = std::tuple<OrganisationId, Kind, std::optional<Certification>, std::optional<Certification>>;
    std::map<Move, std::int64_t> counts_;
};

class Chunk {
public:
    Chunk(const Needs& needs,
          sql::Tx& tx,
          const store::ImportRecord& import,
          std::int64_t from,
          std::int64_t to)
        : needs_(needs), tx_(tx), import_(import), from_(from), to_(to), now_(needs.clock.now()) {}

    /// Gives how many entries were written.
    std::int64_t write(const Options& options) {
        std::int64_t written = insert() + update();
        if (options.mark_missing_left) {
            written += leave();
        }
        moves_.tell(tx_, needs_.observer);
        return written;
    }

private:
    std::int64_t insert() {
        const auto entries = store::insert_fresh(tx_, import_.id, from_, to_, now_);
        for (const auto& entry : entries) {
            const auto known =
                entered(entry.id, entry.digest, entry.kind, entry.school_id, Certification::not_begun);
            moves_.add(entry.node(), entry.kind, std::nullopt, known);
        }
        return static_cast<std::int64_t>(entries.size());
    }

    std::int64_t update() {
        std::int64_t written = 0;
        for (const auto& row : store::list_rows(
                 tx_, import_.id, {.outcome = Outcome::changed}, {.after = from_, .up_to = to_}, kChunk)) {
            const auto before = store::find_entry(tx_, *row.entry_id);
            if (!before || !store::update_entry(tx_, row, now_)) {
                const std::vector<RowFault> faults = {
                    {.field = "", .code = "roster.changed_meanwhile", .line = {}}};
                store::reject_row(tx_, import_.id, row.ordinal, json::encode(faults));
                continue;
            }
            const auto old_node = before->class_id ? *before->class_id : before->school_id;
            const auto new_node = row.class_id ? *row.class_id : before->school_id;
            const bool was_there = before->state == EntryState::active;
            ++written;
            if (!was_there) {
                const auto known = entered(
                    before->id, before->digest, before->kind, before->school_id, before->certification);
                moves_.add(new_node, before->kind, std::nullopt, known);
                if (known == Certification::certified) {
                    needs_.observer.returned(tx_, before->digest, before->kind, before->school_id);
                }
            } else if (old_node != new_node) {
                moves_.add(new_node, before->kind, std::nullopt, before->certification);
                moves_.add(old_node, before->kind, before->certification, std::nullopt);
            }
        }
        return written;
    }

    Certification entered(
        EntryId entry, const Bytes& digest, Kind kind, OrganisationId school, Certification before) {
        const auto known = needs_.observer.entered(tx_, entry, digest, kind, school);
        if (known != before) {
            store::move_certification(tx_, entry, before, known, now_);
        }
        return known;
    }

    std::int64_t leave() {
        const auto entries = store::mark_left(tx_, import_.id, from_, to_, now_);
        for (const auto& entry : entries) {
            moves_.add(entry.node(), entry.kind, entry.certification, std::nullopt);
            if (entry.certification == Certification::certified) {
                needs_.observer.left(tx_, entry.digest, entry.kind, entry.school_id);
            }
        }
        return static_cast<std::int64_t>(entries.size());
    }

    const Needs& needs_;
    sql::Tx& tx_;
    const store::ImportRecord& import_;
    std::int64_t from_;
    std::int64_t to_;
    Time now_;
    Moves moves_;
};

}  // namespace

void Roster::apply(JobRun& run) const {
    const auto id = json::decode<ImportJob>(run.job().payload).import_id;
    const auto [import, last] = needs_.database.read(
        [&](sql::Tx& tx) { return std::pair(store::find_import(tx, id), store::last_ordinal(tx, id)); });
    if (!import || import->state != ImportState::applying) {
        return;
    }
    const auto options = json::decode<Options>(import->options);
    std::int64_t done = run.job().position.empty() ? 0 : std::stoll(run.job().position);
    while (done < last) {
        const auto to = std::min(done + kChunk, last);
        const bool goes_on = needs_.database.write([&](sql::Tx& tx) {
            if (!store::hold_applying(tx, id)) {
                return false;  // its schools were merged or its classes moved meanwhile
            }
            const auto path = needs_.organisations.get(tx, import->organisation_id).path;
            const auto now = needs_.clock.now();
            if (!store::are_places_unchanged(tx, id, done, to, path, date_in_china(now))) {
                store::move_import(tx, id, ImportState::applying, ImportState::failed);
                store::set_finished(tx, id, now, "roster.places_changed", "{}");
                return false;
            }
            store::add_applied(tx, id, Chunk(needs_, tx, *import, done, to).write(options));
            run.save(tx, std::to_string(to), to, last);
            return true;
        });
        if (!goes_on) {
            return;
        }
        done = to;
    }
    needs_.database.write([&](sql::Tx& tx) {
        if (store::move_import(tx, id, ImportState::applying, ImportState::done)) {
            store::set_finished(tx, id, needs_.clock.now(), std::nullopt, "{}");
        }
    });
}

}  // namespace educard::roster
