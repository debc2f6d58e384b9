// Organisations, offices and contact persons of a part of the tree as files, with the columns that somebody
// chose. Audited, for a list of people leaves the house.

#include "base/error.hpp"
#include "modules/offices/offices.hpp"
#include "modules/offices/store.hpp"
#include "spreadsheet/table.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace educard::offices {

namespace {

using organisations::Organisation;

constexpr std::size_t kMostRows = 20'000;
constexpr int kPage = 200;

struct Word {
    const char* key;
    const char* chinese;
    const char* english;
};

constexpr Word kColumns[] = {
    {"name", "名称", "Name"},
    {"kind", "类型", "Kind"},
    {"parent", "上级机构", "Reports to"},
    {"division_code", "行政区划代码", "Division code"},
    {"school_code", "学校标识码", "School code"},
    {"school_kind", "办学类型代码", "School type code"},
    {"valid_from", "设立日期", "Since"},
    {"people", "名册人数", "On rosters"},
    {"certified", "已认证", "Certified"},
    {"contacts", "联系人数", "Contact persons"},
    {"organisation", "机构", "Organisation"},
    {"role", "职务", "Office"},
    {"person", "姓名", "Name of the person"},
    {"user_name", "用户名", "User name"},
    {"begins_on", "开始日期", "From"},
    {"ends_on", "截止日期", "Until"},
    {"state", "状态", "State"},
    {"duty", "岗位", "Duty"},
    {"phone", "联系电话", "Telephone"},
    {"mail", "电子邮箱", "Mail"},
    {"changed_on", "更新日期", "Changed on"},
};

constexpr Word kWords[] = {
    {"province", "省", "Province"},
    {"city", "设区市", "City"},
    {"county", "县（市、区）", "County"},
    {"unit", "教育管理单位", "Education unit"},
    {"school", "学校", "School"},
    {"class", "班级", "Class"},
    {"province_admin", "省级管理员", "Province administrator"},
    {"city_admin", "市级管理员", "City administrator"},
    {"county_admin", "县区管理员", "County administrator"},
    {"school_admin", "学校管理员", "School administrator"},
    {"class_teacher", "班主任", "Class teacher"},
    {"inspector", "督导", "Inspector"},
    {"present", "在任", "Present"},
    {"upcoming", "即将开始", "Upcoming"},
    {"former", "已结束", "Former"},
};

template <std::size_t N>
std::string word(const Word (&words)[N], std::string_view key, Language language) {
    const auto* found = std::ranges::find_if(words, [&](const Word& one) { return key == one.key; });
    return found == std::end(words)   ? std::string(key)
           : language == Language::en ? found->english
                                      : found->chinese;
}

template <class Enum>
std::string word_of(Enum value, Language language) {
    return word(kWords, boost::describe::enum_to_string(value, ""), language);
}

using Cells = std::map<std::string, std::string>;

std::vector<std::string> columns_of(ExportOf what) {
    switch (what) {
        case ExportOf::organisations:
            return {"name",
                    "kind",
                    "parent",
                    "division_code",
                    "school_code",
                    "school_kind",
                    "valid_from",
                    "people",
                    "certified",
                    "contacts"};
        case ExportOf::offices:
            return {"organisation", "role", "person", "user_name", "begins_on", "ends_on", "state"};
        case ExportOf::contact_persons:
            return {"organisation", "kind", "school_code", "person", "duty", "phone", "mail", "changed_on"};
    }
    return {};
}

std::vector<std::string> chosen(const ExportOrder& order) {
    const auto known = columns_of(order.what);
    const auto wanted = order.columns.value_or(known);
    for (std::size_t index = 0; index < wanted.size(); ++index) {
        if (std::ranges::find(known, wanted[index]) == known.end()) {
            throw Error::invalid("columns[" + std::to_string(index) + "]", "value");
        }
    }
    if (wanted.empty()) {
        throw Error::invalid("columns", "required");
    }
    return wanted;
}

/// Hands rows on until there are too many.
class Rows {
public:
    void add(Cells cells) {
        if (all_.size() == kMostRows) {
            throw Error(Fault::conflict, "offices.export_too_large").with("rows", std::to_string(kMostRows));
        }
        all_.push_back(std::move(cells));
    }
    const std::vector<Cells>& all() const { return all_; }

private:
    std::vector<Cells> all_;
};

void add_organisations(sql::Tx& tx,
                       const Parts& parts,
                       Language language,
                       const ExportOrder& order,
                       const Organisation& top,
                       Rows& rows) {
    const auto today = parts.organisations.today();
    std::map<OrganisationId, std::string> names;
    const auto name_of = [&](std::optional<OrganisationId> id) {
        if (!id) {
            return std::string();
        }
        const auto [known, is_new] = names.try_emplace(*id);
        if (is_new) {
            known->second = organisations::display_name(parts.organisations.get(tx, *id), today);
        }
        return known->second;
    };
    const auto add = [&](const Organisation& one) {
        const auto counts = parts.rollout.counts_of(tx, one);
        rows.add(
            {{"name", organisations::display_name(one, today)},
             {"kind", word_of(one.kind, language)},
             {"parent", name_of(one.parent_id)},
             {"division_code", one.division_code.value_or("")},
             {"school_code", one.school_code.value_or("")},
             {"school_kind", one.school_kind ? std::string(organisations::code_of(*one.school_kind)) : ""},
             {"valid_from", to_text(one.valid_from)},
             {"people", std::to_string(counts.total())},
             {"certified", std::to_string(counts.certified)},
             {"contacts", std::to_string(store::count_contacts(tx, one.id))}});
    };
    organisations::Search search;
    search.kind = order.kind;
    search.under = top.id;
    search.limit = kPage;
    do {
        const auto slice = parts.organisations.search(tx, search);
        std::ranges::for_each(slice.items, add);
        search.cursor = slice.next;
    } while (search.cursor);
}

void add_offices(sql::Tx& tx, const Parts& parts, const Caller& caller, const Organisation& top, Rows& rows) {
    for (const auto state : {accounts::OfficeState::present, accounts::OfficeState::upcoming}) {
        accounts::OfficesQuery query{
            .organisation_id = top.id, .below = true, .state = state, .limit = kPage};
        for (bool more = true; more;) {
            const auto page = parts.accounts.offices(tx, caller, query);
            for (const auto& one : page) {
                rows.add({{"organisation", one.organisation},
                          {"role", word_of(one.role, caller.language)},
                          {"person", one.name},
                          {"user_name", one.user_name},
                          {"begins_on", to_text(one.begins_on)},
                          {"ends_on", one.ends_on ? to_text(*one.ends_on) : ""},
                          {"state", word_of(one.state, caller.language)}});
                query.after = one.id.value;
            }
            more = page.size() == kPage;
        }
    }
}

void add_contacts(sql::Tx& tx, const Parts&, Language language, const Organisation& top, Rows& rows) {
    ContactsQuery query{.organisation_id = top.id, .below = true, .text = {}, .limit = kPage};
    for (bool more = true; more;) {
        const auto page = store::contacts(tx, query, top.path);
        for (const auto& one : page) {
            rows.add({{"organisation", one.organisation},
                      {"kind", word_of(one.organisation_kind, language)},
                      {"school_code", one.school_code.value_or("")},
                      {"person", one.name},
                      {"duty", one.duty},
                      {"phone", one.phone},
                      {"mail", one.mail},
                      {"changed_on", to_text(date_in_china(one.changed_at))}});
            query.after = one.id.value;
        }
        more = page.size() == kPage;
    }
}

}  // namespace

ExportedFile Offices::export_list(const Caller& caller, const ExportOrder& order) const {
    const auto columns = chosen(order);
    const std::string what = boost::describe::enum_to_string(order.what, "");
    spreadsheet::Table table;
    table.name = what;
    for (const auto& column : columns) {
        table.headings.push_back(word(kColumns, column, caller.language));
    }
    Organisation top;
    parts_.database.read([&](sql::Tx& tx) {
        top = require_administered(tx, caller, order.organisation_id);
        Rows rows;
        switch (order.what) {
            case ExportOf::organisations:
                add_organisations(tx, parts_, caller.language, order, top, rows);
                break;
            case ExportOf::offices:
                add_offices(tx, parts_, caller, top, rows);
                break;
            case ExportOf::contact_persons:
                add_contacts(tx, parts_, caller.language, top, rows);
                break;
        }
        table.rows.clear();
        for (const auto& cells : rows.all()) {
            auto& row = table.rows.emplace_back();
            for (const auto& column : columns) {
                row.push_back(cells.at(column));
            }
        }
    });
    parts_.database.write([&](sql::Tx& tx) {
        audit(tx, caller, "offices.exported_" + what, top, "organisation", top.id.value);
    });
    if (order.format == ExportFormat::xlsx) {
        return {.name = what + ".xlsx",
                .content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                .body = spreadsheet::to_xlsx(table)};
    }
    return {
        .name = what + ".csv", .content_type = "text/csv; charset=utf-8", .body = spreadsheet::to_csv(table)};
}

}  // namespace educard::offices
