#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/sms/sms.hpp"

namespace educard::sms {

namespace {

struct Report {
    MessageId id;
    std::string key;
    int status = 0;
};
BOOST_DESCRIBE_STRUCT(Report, (), (id, key, status))

}  // namespace

void add_routes(http::Routes& routes, const Sms& sms) {
    routes
        .get("/api/v1/sms-reports/{id}",
             http::write([&sms](sql::Tx& tx, const Caller&, const Report& report) {
                 sms.report(tx, report.id, report.key, report.status);
             }))
        .summary("What became of a short message, as its gateway tells")
        .anyone()
        .errors({"sms.report_unknown"});
}

}  // namespace educard::sms
