#pragma once
// What a contact person is described by: tidied and checked in one way, whether it comes from a form or from
// a list. Pure functions.

#include "base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace educard::offices {

struct ContactFields {
    std::string name;
    std::string duty;
    std::string phone;
    std::string mail;

    bool operator==(const ContactFields&) const = default;
};

ContactFields tidy_fields(const std::string& name,
                          const std::optional<std::string>& duty,
                          const std::optional<std::string>& phone,
                          const std::optional<std::string>& mail);
std::vector<FieldError> faults_of(const ContactFields& fields);
void require_valid(const ContactFields& fields);

}  // namespace educard::offices
