#include "modules/offices/fields.hpp"

#include "base/text.hpp"
#include "modules/applications/applications.hpp"

#include <algorithm>

namespace educard::offices {

namespace {

constexpr std::size_t kMaxDuty = 40;
constexpr std::size_t kMaxMail = 254;

bool is_mail(std::string_view text) {
    const auto at = text.find('@');
    const auto plain = [](char c) {
        return static_cast<unsigned char>(c) > ' ' && c != '"' && c != ',' && c != ';';
    };
    if (at == std::string_view::npos || at == 0 || text.size() > kMaxMail ||
        !std::ranges::all_of(text, plain)) {
        return false;
    }
    const auto domain = text.substr(at + 1);
    const auto dot = domain.rfind('.');
    return domain.find('@') == std::string_view::npos && dot != std::string_view::npos && dot > 0 &&
           dot + 1 < domain.size();
}

}  // namespace

ContactFields tidy_fields(const std::string& name,
                          const std::optional<std::string>& duty,
                          const std::optional<std::string>& phone,
                          const std::optional<std::string>& mail) {
    ContactFields fields{.name = tidy_name(name),
                         .duty = tidy(duty.value_or("")),
                         .phone = {},
                         .mail = tidy(mail.value_or(""))};
    const auto typed = tidy(phone.value_or(""));
    fields.phone = applications::normalise_phone(typed).value_or(typed);
    return fields;
}

std::vector<FieldError> faults_of(const ContactFields& fields) {
    std::vector<FieldError> errors;
    if (fields.name.empty() || find_name_fault(fields.name)) {
        errors.push_back({"name", fields.name.empty() ? "required" : "accounts.name"});
    }
    if (count_characters(fields.duty) > kMaxDuty) {
        errors.push_back({"duty", "too_long"});
    }
    if (!fields.phone.empty() && !applications::normalise_phone(fields.phone)) {
        errors.push_back({"phone", "accounts.phone"});
    }
    if (!fields.mail.empty() && !is_mail(fields.mail)) {
        errors.push_back({"mail", "offices.mail"});
    }
    if (fields.phone.empty() && fields.mail.empty()) {
        errors.push_back({"phone", "offices.phone_or_mail"});
    }
    return errors;
}

void require_valid(const ContactFields& fields) {
    if (auto errors = faults_of(fields); !errors.empty()) {
        throw Error::invalid(std::move(errors));
    }
}

}  // namespace educard::offices
