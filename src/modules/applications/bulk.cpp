// Approving at once what matches the roster exactly: a preview that is remembered, and a job that approves
// just that set.

#include "base/error.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "modules/applications/certification.hpp"
#include "modules/applications/decide.hpp"
#include "modules/applications/queue.hpp"
#include "modules/applications/view.hpp"
#include "runtime/jobs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace educard::applications {

namespace {

constexpr int kMaxPreviewed = 2'000;
constexpr std::size_t kMaxShown = 200;
constexpr std::size_t kMaxLeftOutShown = 50;
constexpr int kMaxSkips = 200;
constexpr int kAtOnce = 100;
constexpr const char* kJobKind = "applications.bulk_approve";

struct Payload {
    std::string bulk;
    AccountId account;
    std::vector<Office> offices;
};
BOOST_DESCRIBE_STRUCT(Payload, (), (bulk, account, offices))

std::string to_token(std::int64_t id, const Bytes& digest) {
    return fmt::format("{}.{}", id, to_base64url(digest));
}

store::BulkRow find_bulk(sql::Tx& tx, const Caller& caller, const std::string& token) {
    const auto dot = token.find('.');
    const auto id =
        dot == std::string::npos ? std::nullopt : parse_id(std::string_view(token).substr(0, dot));
    const auto digest = id ? from_base64url(std::string_view(token).substr(dot + 1)) : std::nullopt;
    const auto row = digest ? store::find_bulk(tx, *id, *digest) : std::nullopt;
    if (!row || row->account_id != caller.account) {
        throw Error(Fault::not_found, "applications.bulk_unknown");
    }
    return *row;
}

BulkResult result_of(sql::Tx& tx, const store::BulkRow& row) {
    return BulkResult{.state = row.state,
                      .job_id = row.job_id,
                      .total = row.total,
                      .approved = row.approved,
                      .skipped = row.skipped,
                      .skips = store::skipped_items(tx, row.id, kMaxSkips)};
}

store::Record record_of(const store::Listed& row) {
    store::Record record;
    record.id = row.id;
    record.account_id = row.account_id;
    record.kind = row.kind;
    record.digest = row.digest;
    return record;
}

/// Of a row of the queue, which is read in full for it.
bool is_guardians_name(sql::Tx& tx,
                       const Needs& needs,
                       const std::vector<Marks>& all,
                       const store::Listed& row) {
    const auto record = row.kind == Kind::student ? store::find(tx, row.id) : std::nullopt;
    return record && is_guardians_name(needs, all, *record);
}

constexpr std::string_view kSameName = "applications.guardian_same_name";
constexpr std::string_view kOwn = "applications.own_application";

/// What concerns the reviewer is counted and not shown: they may not open it either.
void leave_out(BulkPreview& preview, const store::Listed& row, std::string_view reason, Names& names) {
    auto group = std::ranges::find(preview.left_out, reason, &LeftOut::reason);
    if (group == preview.left_out.end()) {
        group =
            preview.left_out.insert(group, LeftOut{.reason = std::string(reason), .total = 0, .items = {}});
    }
    ++group->total;
    if (reason != kOwn && group->items.size() < kMaxLeftOutShown) {
        group->items.push_back(item_of(row, names));
    }
}

/// Thrown to undo a step whose approval failed half-way; its applications are then taken one by one.
struct OneByOne {};

/// A job that approves one previewed set.
class Run {
public:
    Run(const Needs& needs, const Settings& settings, sql::Database& database, JobRun& job)
        : needs_(needs),
          settings_(settings),
          database_(database),
          job_(job),
          payload_(json::decode<Payload>(job.job().payload)),
          bulk_(parse_id(payload_.bulk).value_or(0)) {}

    void go() {
        bool more = true;
        int at_once = kAtOnce;
        while (more) {
            try {
                more = database_.write([&](sql::Tx& tx) { return step(tx, at_once); });
                at_once = kAtOnce;
            } catch (const OneByOne&) {
                if (at_once == 1) {
                    database_.write([&](sql::Tx& tx) { skip_first(tx); });
                }
                at_once = 1;
            }
        }
    }

private:
    bool step(sql::Tx& tx, int at_once) {
        const auto items = store::waiting_items(tx, bulk_, at_once);
        const auto caller = caller_of(tx, needs_, payload_.account, payload_.offices);
        const auto reaches = all_reaches(tx, needs_, caller);
        const auto marks = marks_around(tx, needs_, caller.account, reaches);
        std::int64_t approved = 0;
        for (const auto& item : items) {
            auto reason = take(tx, caller, reaches, marks, item);
            approved += reason ? 0 : 1;
            store::finish_item(tx, bulk_, item.application_id, reason);
        }
        const auto skipped = static_cast<std::int64_t>(items.size()) - approved;
        return finish_step(tx, approved, skipped, items.empty());
    }

    bool finish_step(sql::Tx& tx, std::int64_t approved, std::int64_t skipped, bool last) {
        store::count_bulk(tx, bulk_, approved, skipped);
        if (last) {
            store::finish_bulk(tx, bulk_);
        }
        const auto row = store::find_bulk(tx, bulk_);
        job_.save(tx, "", row ? row->approved + row->skipped : 0, row ? row->total : 0);
        return !last;
    }

    std::optional<std::string> take(sql::Tx& tx,
                                    const Caller& caller,
                                    const std::vector<Reach>& reaches,
                                    const std::vector<Marks>& marks,
                                    const store::BulkItem& item) {
        const auto record = store::find(tx, item.application_id);
        if (!record || record->state != State::submitted || record->version != item.version) {
            return "applications.changed_meanwhile";
        }
        const auto seat = seat_among(reaches, *record, settings_, needs_.clock.now());
        if (!seat.reach) {
            return "applications.not_your_turn";
        }
        if (concerns_any(tx, needs_, marks, *record)) {
            return "applications.own_application";
        }
        if (is_guardians_name(needs_, marks, *record)) {
            return std::string(kSameName);
        }
        if (needs_.roster.fingerprint(tx, record->roster_entry_id.value_or(0)) != item.fingerprint) {
            return "applications.roster_changed";
        }
        if (is_contested(tx, needs_, *record->digest, record->account_id)) {
            return "applications.contested";
        }
        try {
            approve(tx, needs_, caller, *seat.reach, *record);
        } catch (const Error& error) {
            if (error.fault() == Fault::conflict) {
                fault_ = error.code();
                throw OneByOne();
            }
            throw;
        }
        return std::nullopt;
    }

    /// The one that failed alone: left out, with what was wrong.
    void skip_first(sql::Tx& tx) {
        for (const auto& item : store::waiting_items(tx, bulk_, 1)) {
            store::finish_item(tx, bulk_, item.application_id, fault_);
            store::count_bulk(tx, bulk_, 0, 1);
        }
    }

    const Needs& needs_;
    const Settings& settings_;
    sql::Database& database_;
    JobRun& job_;
    const Payload payload_;
    const std::int64_t bulk_;
    std::string fault_;
};

}  // namespace

BulkPreview Applications::preview_bulk(sql::Tx& tx, const Caller& caller, const BulkScope& scope) const {
    QueueQuery query;
    query.organisation = scope.organisation_id;
    query.filter.state = State::submitted;
    query.filter.kind = scope.kind ? boost::describe::enum_to_string(*scope.kind, "") : "";
    query.filter.match = "exact";
    query.filter.limit = kMaxPreviewed;
    const auto marks = marks_around(tx, needs_, caller.account, all_reaches(tx, needs_, caller));
    const auto id = needs_.ids.next<ApplicationId>().value;
    BulkPreview preview;
    Names names(tx, needs_.organisations);
    crypto::Sha256 digest;
    for (const auto& row : list_queue(tx, needs_, settings_, caller, query)) {
        const auto fingerprint = needs_.roster.fingerprint(tx, row.roster_entry_id.value_or(0));
        const std::string_view reason =
            concerns_any(tx, needs_, marks, record_of(row)) ? kOwn
            : is_contested(tx, needs_, row.digest.value_or(Bytes()), row.account_id)
                ? "applications.contested"
            : !fingerprint                              ? "applications.match_none"
            : is_guardians_name(tx, needs_, marks, row) ? kSameName
            : preview.total == kMaxPreviewed            ? "applications.bulk_full"
                                                        : "";
        if (!reason.empty()) {
            leave_out(preview, row, reason, names);
            continue;
        }
        store::insert_bulk_item(tx, id, row.id, row.version, *fingerprint);
        digest.add(as_bytes(fmt::format("{} {} {} {}\n", id, row.id.value, row.version, *fingerprint)));
        ++preview.total;
        if (preview.items.size() < kMaxShown) {
            preview.items.push_back(item_of(row, names));
        }
    }
    for (const auto& [match, reason] : {std::pair("differs", std::string_view("applications.match_differs")),
                                        std::pair("none", std::string_view("applications.match_none"))}) {
        query.filter.match = match;
        for (const auto& row : list_queue(tx, needs_, settings_, caller, query)) {
            leave_out(preview, row, concerns_any(tx, needs_, marks, record_of(row)) ? kOwn : reason, names);
        }
    }
    const auto octets = digest.finish();
    const Bytes token(octets.begin(), octets.end());
    store::insert_bulk(tx, id, caller.account, token, preview.total, needs_.clock.now());
    preview.token = to_token(id, token);
    return preview;
}

BulkResult Applications::approve_bulk(sql::Tx& tx, const Caller& caller, const BulkOrder& order) const {
    auto row = find_bulk(tx, caller, order.token);
    if (row.state == BulkState::previewed) {
        const Payload payload{
            .bulk = std::to_string(row.id), .account = caller.account, .offices = offices_of(caller)};
        const auto job = needs_.jobs.put(tx,
                                         NewJob{.kind = kJobKind,
                                                .payload = json::encode(payload),
                                                .total = row.total,
                                                .owner = caller.account});
        store::start_bulk(tx, row.id, job);
        row = find_bulk(tx, caller, order.token);
    }
    return result_of(tx, row);
}

BulkResult Applications::bulk_result(sql::Tx& tx, const Caller& caller, const BulkOrder& order) const {
    return result_of(tx, find_bulk(tx, caller, order.token));
}

void Applications::handle_jobs(sql::Database& database) const {
    needs_.jobs.handle(kJobKind,
                       [this, &database](JobRun& job) { Run(needs_, settings_, database, job).go(); });
}

}  // namespace educard::applications
