#include "http/bind.hpp"

#include <algorithm>

namespace educard::http::detail {

namespace {

using json::Field;
using json::FieldErrors;
using json::Where;

const std::string* find_parameter(const Parameters& parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
    return found == parameters.end() ? nullptr : &found->second;
}

void read_query_member(const Parameters& query, const Field& field, void* out, FieldErrors& errors) {
    const Where where{nullptr, field.name};
    std::size_t times = 0;
    for (const auto& [name, value] : query) {
        if (name != field.name) {
            continue;
        }
        if (++times > 1 && !field.list) {
            errors.add(where, "too_many");
            return;
        }
        if (field.decode_text != nullptr) {
            field.decode_text(value, out, where, errors);
        }
    }
    if (times == 0 && !field.optional && !field.list) {
        errors.add(where, "required");
    }
}

void refuse_unknown_parameters(const Parameters& query,
                               std::span<const Field> fields,
                               const Parameters& path,
                               FieldErrors& errors) {
    for (const auto& [name, value] : query) {
        const bool known = std::ranges::find(fields, name, &Field::name) != fields.end();
        if (!known || find_parameter(path, name) != nullptr) {
            errors.add(Where{nullptr, name.empty() ? "\"\"" : std::string_view(name)}, "unknown");
        }
    }
}

void read_body(const Arguments& arguments, std::span<const Field> fields, void* out, FieldErrors& errors) {
    std::vector<Field> in_body;
    std::ranges::copy_if(fields, std::back_inserter(in_body), [&](const Field& field) {
        return find_parameter(arguments.path, field.name) == nullptr;
    });
    const auto body = arguments.body.empty() ? std::string_view("{}") : arguments.body;
    json::parse(body, [&](const boost::json::value& value) {
        json::detail::decode_struct(value, out, in_body, Where{}, errors);
    });
}

/// RFC 6266 with RFC 8187: an ASCII stand-in and the real name.
std::string content_disposition(std::string_view file_name) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string plain;
    std::string encoded;
    for (const char c : file_name) {
        const auto octet = static_cast<unsigned char>(c);
        const bool safe = std::isalnum(octet) != 0 || c == '.' || c == '-' || c == '_';
        plain += safe ? c : '_';
        if (safe) {
            encoded += c;
        } else {
            encoded.append(1, '%').append(1, kHex[octet >> 4U]).append(1, kHex[octet & 15U]);
        }
    }
    return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded;
}

}  // namespace

void parse_input(const Arguments& arguments, std::span<const Field> fields, void* out) {
    FieldErrors errors;
    for (const auto& field : fields) {
        if (const auto* value = find_parameter(arguments.path, field.name)) {
            field.decode_text(*value, out, Where{nullptr, field.name}, errors);
        } else if (!arguments.from_body) {
            read_query_member(arguments.query, field, out, errors);
        }
    }
    if (arguments.from_body) {
        refuse_unknown_parameters(arguments.query, {}, arguments.path, errors);
        read_body(arguments, fields, out, errors);
    } else if (!arguments.ignores_unknown) {
        refuse_unknown_parameters(arguments.query, fields, arguments.path, errors);
    }
    std::move(errors).throw_if_any();
}

Response Result<NoContent>::render(NoContent&&) {
    Response response;
    response.status = status;
    return response;
}

Response Result<Download>::render(Download&& download) {
    Response response;
    response.content_type = std::move(download.content_type);
    response.body = std::move(download.body);
    response.etag = std::move(download.etag);
    response.cache_seconds = download.cache_seconds;
    if (download.file_name) {
        response.headers.push_back(Header{"Content-Disposition", content_disposition(*download.file_name)});
    }
    return response;
}

Response Result<Json>::render(Json&& json) {
    Response response;
    response.status = json.status;
    response.content_type = type;
    response.body = std::move(json.body);
    response.cache_seconds = json.cache_seconds;
    return response;
}

Response Result<Subscription>::render(Subscription&& subscription) {
    Response response;
    response.content_type = type;
    response.events = std::move(subscription);
    return response;
}

}  // namespace educard::http::detail
