#include "sql/postgres/connect.hpp"

#include <string_view>
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

WithoutPassword without_password(const std::string& connection) {
    WithoutPassword result;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(connection.c_str(), nullptr), &PQconninfoFree);
    for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
        if (option->val == nullptr) {
            continue;
        }
        if (std::string_view(option->keyword) == "password") {
            result.password = option->val;
            continue;
        }
        result.connection.append(option->keyword).append("='");
        for (const char c : std::string_view(option->val)) {
            result.connection.append(c == '\'' || c == '\\' ? 1 : 0, '\\').append(1, c);
        }
        result.connection.append("' ");
    }
    return result;
}

}  // namespace educard::sql::postgres
