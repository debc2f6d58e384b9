// OneRoster 1.2 CSV binding: everything that an app sees, as a set of files in bulk mode.

#include "base/error.hpp"
#include "modules/oneroster/access.hpp"
#include "modules/oneroster/csv.hpp"
#include "modules/oneroster/store.hpp"
#include "modules/oneroster/walk.hpp"
#include "spreadsheet/zip_writer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace educard::oneroster {

namespace {

constexpr std::size_t kRecordsAtOnce = 1000;
constexpr std::size_t kSubjectsAtOnce = 1000;

/// OneRoster 1.2 CSV binding, manifest.csv: each file that there may be, and what is here. `bulk` for those
/// whose rows are all there is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kManifest = {
    {{"propertyName", "value"},
     {"manifest.version", "1.0"},
     {"oneroster.version", "1.2"},
     {"file.academicSessions", "bulk"},
     {"file.categories", "absent"},
     {"file.classes", "bulk"},
     {"file.classResources", "absent"},
     {"file.courses", "bulk"},
     {"file.courseResources", "absent"},
     {"file.demographics", "absent"},
     {"file.enrollments", "bulk"},
     {"file.lineItemLearningObjectiveIds", "absent"},
     {"file.lineItems", "absent"},
     {"file.lineItemScoreScales", "absent"},
     {"file.orgs", "bulk"},
     {"file.resources", "absent"},
     {"file.resultLearningObjectiveIds", "absent"},
     {"file.results", "absent"},
     {"file.resultScoreScales", "absent"},
     {"file.roles", "bulk"},
     {"file.scoreScales", "absent"},
     {"file.userProfiles", "absent"},
     {"file.userResources", "absent"},
     {"file.users", "bulk"},
     {"source.systemName", "educard"},
     {"source.systemCode", ""}}};

std::string manifest() {
    std::string text;
    for (const auto& [name, value] : kManifest) {
        text += fmt::format("{},{}\r\n", name, value);
    }
    return text;
}

/// The rows of a file, some records at a time. What is no longer there is left out: a bulk file says what is.
class Rows {
public:
    Rows(sql::Tx& tx, const Access& access, const CsvFile& file, std::vector<Subject>* subjects)
        : tx_(tx), access_(access), file_(file), subjects_(subjects) {}

    void next(std::string& piece) {
        if (!begun_) {
            begun_ = true;
            piece = file_.header();
            return;
        }
        while (piece.empty() && !ended_) {
            ended_ = !add_records(piece);
        }
    }

private:
    /// Whether there may be more.
    bool add_records(std::string& piece) {
        const Walk wanted{.collection = file_.collection, .path = access_.root.path, .in_class = {}};
        std::size_t count = 0;
        walk(tx_, access_, wanted, place_, [&](Record&& record) {
            place_ = std::move(record.place);
            if (record.value && std::string_view(record.value->at("status").as_string()) == "active") {
                file_.add(*record.value, piece);
                if (subjects_ != nullptr && record.subject) {
                    subjects_->push_back(std::move(*record.subject));
                }
            }
            return ++count < kRecordsAtOnce;
        });
        return count == kRecordsAtOnce;
    }

    sql::Tx& tx_;
    const Access& access_;
    const CsvFile& file_;
    std::vector<Subject>* subjects_;
    Place place_;
    bool begun_ = false;
    bool ended_ = false;
};

}  // namespace

std::vector<Subject> OneRoster::write_zip(sql::Tx& tx,
                                          const Access& access,
                                          const std::filesystem::path& file) const {
    tx.take_time();
    std::vector<Subject> subjects;
    std::vector<spreadsheet::ZipPart> parts;
    parts.push_back({.name = "manifest.csv", .next = [done = false](std::string& piece) mutable {
                         if (!std::exchange(done, true)) {
                             piece = manifest();
                         }
                     }});
    for (const auto& one : csv_files()) {
        auto* keep = one.name == "users.csv" ? &subjects : nullptr;
        parts.push_back(
            {.name = std::string(one.name),
             .next = [rows = Rows(tx, access, one, keep)](std::string& piece) mutable { rows.next(piece); }});
    }
    spreadsheet::write_zip(file, std::move(parts));
    return subjects;
}

void OneRoster::export_for_app(oidc::AppId id, const std::filesystem::path& file) const {
    struct Written {
        Access access;
        std::vector<Subject> subjects;
    };
    const auto written = parts_.database.read([&](sql::Tx& tx) {
        auto app = parts_.oidc.find_app(tx, id);
        const auto approval = store::find_approval(tx, id);
        if (!app) {
            throw Error(Fault::not_found, "oidc.app_unknown");
        }
        if (!approval) {
            throw Error(Fault::forbidden, "oneroster.not_approved");
        }
        auto access = access_of(tx, std::move(*app), *approval);
        auto subjects = write_zip(tx, access, file);
        return Written{.access = std::move(access), .subjects = std::move(subjects)};
    });
    const std::span<const Subject> all(written.subjects);
    for (std::size_t begin = 0; begin < all.size(); begin += kSubjectsAtOnce) {
        const auto some = all.subspan(begin, std::min(kSubjectsAtOnce, all.size() - begin));
        keep(written.access, {some.begin(), some.end()});
    }
}

void OneRoster::export_for_organisation(OrganisationId organisation,
                                        const std::filesystem::path& file) const {
    parts_.database.read([&](sql::Tx& tx) {
        auto root = parts_.organisations.get(tx, organisation);
        if (root.kind == organisations::Kind::class_) {
            throw Error(Fault::conflict, "oneroster.outside");
        }
        oidc::App itself;  // by its id its names of people are its own
        itself.id = oidc::AppId{organisation.value};
        const auto now = parts_.clock.now();
        const Access access{.app = std::move(itself),
                            .root = std::move(root),
                            .approved_at = now,
                            .now = now,
                            .oidc = parts_.oidc,
                            .origin = parts_.origin};
        write_zip(tx, access, file);
    });
}

}  // namespace educard::oneroster
