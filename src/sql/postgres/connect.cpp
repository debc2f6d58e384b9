#include "sql/postgres/connect.hpp"

#include <vector>

namespace educard::sql::postgres {

ConnectionHandle connect(const Options& options, Via via) {
    std::vector<const char*> names = {"dbname",
                                      "client_encoding",
                                      "fallback_application_name",
                                      "connect_timeout",
                                      "keepalives_idle",
                                      "tcp_user_timeout"};
    std::vector<const char*> values = {options.connection.c_str(), "UTF8", "educard", "3", "10", "15000"};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            names.push_back(name);
            values.push_back(value.c_str());
        }
    };
    if (via == Via::directly) {
        add("host", options.direct_host);
        add("port", options.direct_port);
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return ConnectionHandle(PQconnectdbParams(names.data(), values.data(), 1));
}

}  // namespace educard::sql::postgres
