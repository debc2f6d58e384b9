// What a bulk work did and did not do, as a file.

#include "modules/applications/bulk_works.hpp"
#include "modules/applications/store_bulk_works.hpp"
#include "runtime/audit.hpp"
#include "runtime/texts.hpp"
#include "spreadsheet/table.hpp"

#include <fmt/format.h>
#include <iterator>

namespace educard::applications {

namespace {

constexpr int kExportedAtOnce = 500;

std::string in_words(const Texts& texts, Language language, const std::string& prefix, const char* value) {
    return texts.text(language, fmt::format("applications.{}_{}", prefix, value));
}

std::vector<std::string> headings_of(Language language) {
    return language == Language::en
               ? std::vector<std::string>{"School", "Class", "Name", "As", "Result", "Why"}
               : std::vector<std::string>{"学校", "班级", "姓名", "身份", "结果", "原因"};
}

}  // namespace

std::string BulkWorks::to_csv(const Caller& caller, BulkWorkId id) const {
    spreadsheet::Table table{.name = "", .headings = headings_of(caller.language), .rows = {}};
    for (const auto outcome :
         {BulkOutcome::done, BulkOutcome::skipped, BulkOutcome::planned, BulkOutcome::left_out}) {
        BulkItems which{.id = id,
                        .outcome = outcome,
                        .school_id = std::nullopt,
                        .after_school = {},
                        .after = {},
                        .limit = kExportedAtOnce};
        for (bool more = true; more;) {  // page by page, so that no read lasts long
            const auto page = database_.read([&](sql::Tx& tx) { return items(tx, caller, which); });
            for (const auto& item : page) {
                table.rows.push_back(
                    {item.school,
                     item.class_name.value_or(""),
                     item.name,
                     in_words(
                         texts_, caller.language, "kind", boost::describe::enum_to_string(item.kind, "")),
                     in_words(texts_,
                              caller.language,
                              "outcome",
                              boost::describe::enum_to_string(item.outcome, "")),
                     item.reason ? texts_.text(caller.language, *item.reason) : ""});
                which.after_school = item.school_id;
                which.after = item.id;
            }
            more = std::ssize(page) == kExportedAtOnce;
        }
    }
    database_.write([&](sql::Tx& tx) {
        const auto& needs = applications_.needs();
        const auto place = needs.organisations.get(tx, get(tx, caller, id).organisation_id);
        needs.audit.record(tx,
                           caller,
                           AuditEntry{.action = "applications.bulk_exported",
                                      .organisation_path = place.path,
                                      .subject_kind = "organisation",
                                      .subject = std::to_string(place.id.value),
                                      .details = ""});
    });
    return spreadsheet::to_csv(table);
}

}  // namespace educard::applications
