// What a profile must hold to be handed in.

#include "base/error.hpp"
#include "modules/applications/applications.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace educard::applications {

namespace {

constexpr std::size_t kMaxGuardians = 6;
constexpr std::size_t kMaxSubjects = 10;
constexpr std::size_t kMaxSubjectCharacters = 30;
constexpr int kOldestEntry = 15;  // years ago
constexpr auto kFirstAppointment = std::chrono::year(1950) / 1 / 1;

class Faults {
public:
    explicit Faults(Date today) : today_(today) {}

    void add(std::string path, std::string code) {
        list_.push_back(FieldError{.path = std::move(path), .code = std::move(code)});
    }
    template <class T>
    bool present(const std::optional<T>& value, const char* path) {
        if (!value) {
            add(path, "required");
        }
        return value.has_value();
    }
    void check_name(const std::optional<std::string>& name, const std::string& path) {
        const auto fault = find_name_fault(tidy_name(name.value_or("")));
        if (fault == NameFault::empty) {
            add(path, "required");
        } else if (fault == NameFault::too_long) {
            add(path, "too_long");
        } else if (fault) {
            add(path, "applications.name_character");
        }
    }
    void check_appointment(const std::optional<Date>& day) {
        if (present(day, "appointed_on") && (*day > today_ || *day < Date(kFirstAppointment))) {
            add("appointed_on", "applications.day_implausible");
        }
    }
    void check_guardian(const Guardian& guardian, const std::string& path) {
        check_name(guardian.name, path + ".name");
        if (!guardian.relation) {
            add(path + ".relation", "required");
        }
        if (!guardian.phone || tidy(*guardian.phone).empty()) {
            add(path + ".phone", "required");
        } else if (!normalise_phone(*guardian.phone)) {
            add(path + ".phone", "applications.phone");
        }
        if (guardian.document) {
            if (const auto fault = people::find_document_fault(*guardian.document, today_)) {
                add(path + ".document.number", people::code_of(*fault));
            }
        }
    }
    std::vector<FieldError> take() && { return std::move(list_); }
    Date today() const { return today_; }

private:
    Date today_;
    std::vector<FieldError> list_;
};

void check_guardians(Faults& faults, const Profile& profile) {
    const auto& guardians = profile.guardians;
    if (!guardians || guardians->empty()) {
        faults.add("guardians", "required");
        return;
    }
    if (guardians->size() > kMaxGuardians) {
        faults.add("guardians", "too_many");
        return;
    }
    const auto own = name_key(profile.name.value_or(""));
    std::set<std::string> seen;
    for (std::size_t index = 0; index < guardians->size(); ++index) {
        const auto& guardian = (*guardians)[index];
        const auto path = fmt::format("guardians[{}]", index);
        faults.check_guardian(guardian, path);
        if (guardian.name && !seen.insert(name_key(*guardian.name)).second) {
            faults.add(path, "applications.guardian_twice");
        } else if (guardian.name && name_key(*guardian.name) == own) {
            faults.add(path + ".name", "applications.own_guardian");
        }
    }
}

void check_student(Faults& faults, const Profile& profile) {
    faults.present(profile.class_id, "class_id");
    if (faults.present(profile.entry_year, "entry_year")) {
        const int now = static_cast<int>(faults.today().year());
        if (*profile.entry_year > now || *profile.entry_year < now - kOldestEntry) {
            faults.add("entry_year", "applications.day_implausible");
        }
    }
    check_guardians(faults, profile);
}

void check_teacher(Faults& faults, const Profile& profile) {
    faults.check_appointment(profile.appointed_on);
    if (profile.class_teacher.value_or(false)) {
        faults.present(profile.class_id, "class_id");
    }
    if (!profile.subjects || profile.subjects->empty()) {
        faults.add("subjects", "required");
        return;
    }
    if (profile.subjects->size() > kMaxSubjects) {
        faults.add("subjects", "too_many");
        return;
    }
    std::set<std::string> seen;
    for (std::size_t index = 0; index < profile.subjects->size(); ++index) {
        const auto subject = tidy((*profile.subjects)[index]);
        const auto path = fmt::format("subjects[{}]", index);
        if (subject.empty()) {
            faults.add(path, "required");
        } else if (count_characters(subject) > kMaxSubjectCharacters) {
            faults.add(path, "too_long");
        } else if (!seen.insert(subject).second) {
            faults.add(path, "applications.subject_twice");
        }
    }
}

}  // namespace

std::string_view code_of(Post post) {
    constexpr std::array<std::string_view, 14> kCodes{
        "10", "20", "21", "22", "23", "31", "33", "40", "45", "47", "60", "61", "62", "65"};
    return kCodes[static_cast<std::size_t>(post)];
}

std::optional<std::string> normalise_phone(std::string_view text) {
    std::string digits;
    for (const char c : tidy(text)) {
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c != ' ' && c != '-' && c != '(' && c != ')' && !(c == '+' && digits.empty())) {
            return std::nullopt;
        }
    }
    if (digits.size() == 13 && digits.starts_with("86")) {
        digits.erase(0, 2);
    }
    if (digits.size() < 7 || digits.size() > 15) {
        return std::nullopt;
    }
    return digits;
}

Profile cut_to(Kind kind, Profile profile) {
    if (kind == Kind::student) {
        profile.appointed_on = std::nullopt;
    } else {
        profile.entry_year = std::nullopt;
        profile.guardians = std::nullopt;
    }
    if (kind != Kind::teacher) {
        profile.subjects = std::nullopt;
        profile.class_teacher = std::nullopt;
    }
    if (kind != Kind::staff) {
        profile.post = std::nullopt;
    }
    if (kind != Kind::student && !profile.class_teacher.value_or(false)) {
        profile.class_id = std::nullopt;
    }
    return profile;
}

std::vector<FieldError> find_faults(Kind kind, const Profile& profile, Date today) {
    Faults faults(today);
    faults.check_name(profile.name, "name");
    faults.present(profile.school_id, "school_id");
    switch (kind) {
        case Kind::student:
            check_student(faults, profile);
            break;
        case Kind::teacher:
            check_teacher(faults, profile);
            break;
        case Kind::staff:
            faults.check_appointment(profile.appointed_on);
            faults.present(profile.post, "post");
            break;
    }
    return std::move(faults).take();
}

}  // namespace educard::applications
