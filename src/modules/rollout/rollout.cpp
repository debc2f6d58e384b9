#include "modules/rollout/rollout.hpp"

#include "base/json.hpp"
#include "modules/rollout/levels.hpp"
#include "modules/rollout/store.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <span>

namespace educard::rollout {

namespace {

constexpr auto kPublishInterval = std::chrono::milliseconds(1000);
constexpr int kPartsAtOnce = 200;

struct Changed {
    OrganisationId organisation_id;
    Time as_of;
};
BOOST_DESCRIBE_STRUCT(Changed, (), (organisation_id, as_of))

std::int64_t& count_of(CountsByKind& counts, Kind kind, Certification certification) {
    auto& of_kind = kind == Kind::student   ? counts.student
                    : kind == Kind::teacher ? counts.teacher
                                            : counts.staff;
    switch (certification) {
        case Certification::not_begun:
            return of_kind.not_begun;
        case Certification::in_review:
            return of_kind.in_review;
        case Certification::returned:
            return of_kind.returned;
        case Certification::certified:
            return of_kind.certified;
    }
    return of_kind.not_begun;
}

/// The id that follows `ancestor` in `path`; none when they are the same.
OrganisationId next_step(std::string_view path, std::string_view ancestor) {
    OrganisationId id;
    const auto rest = path.substr(std::min(ancestor.size(), path.size()));
    std::from_chars(rest.data(), rest.data() + rest.size(), id.value);
    return id;
}

/// Every id of a path, from the top.
std::vector<OrganisationId> steps_of(std::string_view path) {
    std::vector<OrganisationId> steps;
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        if (const auto id = next_step(path, path.substr(0, slash + 1))) {
            steps.push_back(id);
        }
    }
    return steps;
}

std::string_view path_above(std::string_view path) {
    return path.substr(0, path.find_last_of('/', path.size() - 2) + 1);
}

/// Where an organisation's counts are summed: a class's are within its school's.
std::string_view own_path(const organisations::Organisation& organisation) {
    return organisation.kind == organisations::Kind::class_ ? std::string_view() : organisation.path;
}

/// A cell of a CSV; text that a spreadsheet would take for a formula is disarmed.
std::string cell(std::string_view text) {
    std::string out = "\"";
    if (!text.empty() && std::string_view("=+-@\t").find(text.front()) != std::string_view::npos) {
        out += '\'';
    }
    for (const char c : text) {
        out.append(c == '"' ? 2 : 1, c);
    }
    return out + "\"";
}

std::string_view closed_word(Language language) {
    return language == Language::en ? "Closed" : "已撤销";
}

std::string csv_line(const NodeProgress& node, Language language) {
    const auto& counts = node.counts;
    const auto total = counts.total();
    // In tenths of a percent, rounded down, so that 100 means all.
    const auto share = total == 0 ? 0 : counts.certified * 1000 / total;
    const auto& standing = node.standing;
    return fmt::format("{},{},{},{},{},{},{},{}.{},{},{},{}\r\n",
                       cell(node.name),
                       cell(node.code.value_or("")),
                       total,
                       counts.certified,
                       counts.in_review,
                       counts.returned,
                       counts.not_begun,
                       share / 10,
                       share % 10,
                       standing.deadline ? to_text(*standing.deadline) : "",
                       standing.overdue,
                       node.closed ? closed_word(language) : "");
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view csv_heading(Language language) {
    return language == Language::en
               ? "Organisation,Code,Target,Certified,In review,Returned,Not begun,Certified "
                 "%,Deadline,Overdue,State\r\n"
               : "机构,代码,应认证,已认证,审核中,已退回,未开始,认证率（%）,截止日期,逾期未认证,状态\r\n";
}

}  // namespace

NodeProgress node_of(const organisations::Organisation& organisation, Date day, const CountsByKind& counts) {
    NodeProgress node;
    node.id = organisation.id;
    node.kind = organisation.kind;
    node.name = organisations::display_name(organisation, day);
    node.code = organisation.school_code ? organisation.school_code : organisation.division_code;
    node.closed = organisation.valid_to && *organisation.valid_to <= day;
    node.counts = counts.all();
    node.by_kind = counts;
    return node;
}

Counts& Counts::operator+=(const Counts& other) {
    not_begun += other.not_begun;
    in_review += other.in_review;
    returned += other.returned;
    certified += other.certified;
    return *this;
}

Counts CountsByKind::all() const {
    auto sum = student;
    sum += teacher;
    return sum += staff;
}

CountsByKind& CountsByKind::operator+=(const CountsByKind& other) {
    student += other.student;
    teacher += other.teacher;
    staff += other.staff;
    return *this;
}

Rollout::Rollout(const Clock& clock, const organisations::Organisations& organisations, Bus& bus)
    : clock_(clock), organisations_(organisations), bus_(bus) {}

Rollout::~Rollout() {
    stop();
}

void Rollout::moved(sql::Tx& tx,
                    OrganisationId node,
                    Kind kind,
                    std::optional<Certification> from,
                    std::optional<Certification> to,
                    std::int64_t count) {
    CountsByKind change;
    if (from) {
        count_of(change, kind, *from) -= count;
    }
    if (to) {
        count_of(change, kind, *to) += count;
    }
    if (change == CountsByKind()) {
        return;
    }
    const auto organisation = organisations_.get(tx, node);
    store::add(tx, node, own_path(organisation), change);
    if (organisation.kind == organisations::Kind::class_ && organisation.parent_id) {
        store::add(tx, *organisation.parent_id, path_above(organisation.path), change);
    }
    tx.after_commit([this, path = organisation.path] {
        const std::lock_guard lock(mutex_);
        changed_paths_.insert(path);
    });
}

organisations::Organisation Rollout::visible(sql::Tx& tx,
                                             const Caller& caller,
                                             std::optional<OrganisationId> organisation) const {
    if (!organisation) {
        const auto highest =
            std::ranges::min_element(caller.grants, {}, [](const Grant& grant) { return grant.path.size(); });
        if (highest == caller.grants.end()) {
            throw Error(Fault::forbidden, "scope.outside");
        }
        organisation = highest->organisation;
    }
    auto found = organisations_.get(tx, *organisation);
    require_scope(caller,
                  found.path,
                  {Role::province_admin,
                   Role::city_admin,
                   Role::county_admin,
                   Role::school_admin,
                   Role::class_teacher});
    return found;
}

void Rollout::begin_with(sql::Tx& tx,
                         const organisations::Organisation& organisation,
                         const CountsByKind& counts) const {
    store::add(tx, organisation.id, own_path(organisation), counts);
}

void Rollout::follow_move(sql::Tx& tx, std::string_view from, std::string_view to) const {
    store::move_paths(tx, from, to);
}

void Rollout::recount(sql::Tx& tx, const organisations::Organisation& school) {
    store::hold(tx, school.id);
    auto counted = store::counted_from_roster_of(tx, school.id);
    counted.try_emplace(school.id);
    for (const auto& one : organisations_.classes_of(tx, school.id)) {
        counted.try_emplace(one.id);
    }
    for (const auto& [organisation, counts] : counted) {
        store::replace(tx, organisation, organisation == school.id ? school.path : std::string(), counts);
    }
    tx.after_commit([this, path = school.path] {
        const std::lock_guard lock(mutex_);
        changed_paths_.insert(path);
    });
}

CountsByKind Rollout::kinds_of(sql::Tx& tx, const organisations::Organisation& organisation) const {
    using organisations::Kind;
    if (organisation.kind == Kind::school || organisation.kind == Kind::class_) {
        return store::find(tx, organisation.id);
    }
    return store::sum_below(tx, organisation.path);
}

Counts Rollout::counts_of(sql::Tx& tx, const organisations::Organisation& organisation) const {
    return kinds_of(tx, organisation).all();
}

namespace {

std::string written(const std::vector<organisations::SchoolKind>& schools) {
    std::string text = ",";
    for (const auto kind : schools) {
        text += boost::describe::enum_to_string(kind, "");
        text += ',';
    }
    return text;
}

}  // namespace

CountsByKind Rollout::counts_by_kind(sql::Tx& tx,
                                     const organisations::Organisation& organisation,
                                     const std::vector<organisations::SchoolKind>& schools) const {
    using organisations::Kind;
    if (organisation.kind == Kind::school || organisation.kind == Kind::class_) {
        const auto school =
            schools.empty() ? std::nullopt : std::optional(organisations_.school_of(tx, organisation));
        const bool counted = !school || (school->school_kind &&
                                         std::ranges::find(schools, *school->school_kind) != schools.end());
        return counted ? store::find(tx, organisation.id) : CountsByKind();
    }
    return schools.empty() ? store::sum_below(tx, organisation.path)
                           : store::sum_below(tx, organisation.path, written(schools));
}

std::map<OrganisationId, CountsByKind> Rollout::counts_of_children(
    sql::Tx& tx,
    const organisations::Organisation& parent,
    const std::vector<organisations::SchoolKind>& schools) const {
    const bool leaf = parent.kind == organisations::Kind::school;
    if (schools.empty()) {
        return store::counts_of_children(tx, parent.id);
    }
    if (leaf) {
        const bool counted =
            parent.school_kind && std::ranges::find(schools, *parent.school_kind) != schools.end();
        return counted ? store::counts_of_children(tx, parent.id) : std::map<OrganisationId, CountsByKind>();
    }
    return store::counts_of_children(tx, parent.id, written(schools));
}

std::map<OrganisationId, CountsByKind> Rollout::counts_of_schools(
    sql::Tx& tx, const organisations::Organisation& organisation) const {
    return store::counts_of_schools(tx, organisation.path);
}

Progress Rollout::progress(sql::Tx& tx,
                           const Caller& caller,
                           std::optional<OrganisationId> organisation) const {
    using organisations::Organisation;
    const auto top = visible(tx, caller, organisation);
    const auto today = date_in_china(clock_.now());
    const bool is_school = top.kind == organisations::Kind::school;
    const bool is_class = top.kind == organisations::Kind::class_;
    CountsByKind sum;
    auto by_child = store::counts_of_children(tx, top.id);
    if (is_school || is_class) {
        sum = store::find(tx, top.id);
    } else {
        for (const auto& [child, counts] : by_child) {
            sum += counts;
        }
    }
    std::vector<Organisation> list{top};
    std::optional<std::string> cursor;
    do {
        auto slice = organisations_.children(tx, top.id, cursor, kPartsAtOnce);
        std::ranges::move(slice.items, std::back_inserter(list));
        cursor = slice.next;
    } while (cursor);
    for (const auto& child : list) {
        by_child.try_emplace(child.id);
    }
    Progress progress{node_of(top, today, sum), {}, clock_.now()};
    for (const auto& child : std::span(list).subspan(1)) {
        progress.children.push_back(node_of(child, today, by_child.extract(child.id).mapped()));
    }
    by_child.erase(top.id);
    for (const auto& [id, counts] : by_child) {
        if (counts != CountsByKind()) {
            list.push_back(organisations_.get(tx, id));
            progress.children.push_back(node_of(list.back(), today, counts));
        }
    }
    std::vector<NodeProgress*> nodes{&progress.organisation};
    std::ranges::transform(
        progress.children, std::back_inserter(nodes), [](NodeProgress& node) { return &node; });
    judge(tx, list, std::move(nodes));
    return progress;
}

std::string Rollout::progress_csv(sql::Tx& tx,
                                  const Caller& caller,
                                  std::optional<OrganisationId> organisation) const {
    const auto found = progress(tx, caller, organisation);
    std::string csv(kByteOrderMark);
    csv += csv_heading(caller.language);
    for (const auto& child : found.children) {
        csv += csv_line(child, caller.language);
    }
    return csv + csv_line(found.organisation, caller.language);
}

std::string Rollout::topic(sql::Tx& tx, const Caller& caller, OrganisationId organisation) const {
    return "progress:" + std::to_string(visible(tx, caller, organisation).id.value);
}

std::vector<OrganisationId> Rollout::wrong_counts(sql::Tx& tx) const {
    auto ours = store::all(tx);
    const auto counted = store::counted_from_rosters(tx);
    std::vector<OrganisationId> wrong;
    for (const auto& [organisation, counts] : counted) {
        if (ours[organisation] != counts) {
            wrong.push_back(organisation);
        }
    }
    for (const auto& [organisation, counts] : ours) {
        if (counts != CountsByKind() && !counted.contains(organisation)) {
            wrong.push_back(organisation);
        }
    }
    std::ranges::copy_if(store::misplaced(tx), std::back_inserter(wrong), [&](OrganisationId organisation) {
        return std::ranges::find(wrong, organisation) == wrong.end();
    });
    return wrong;
}

void Rollout::recount(sql::Tx& tx) const {
    const auto counted = store::counted_from_rosters(tx);
    store::clear(tx);
    for (const auto& [organisation, counts] : counted) {
        store::add(tx, organisation, own_path(organisations_.get(tx, organisation)), counts);
    }
}

void Rollout::start() {
    ticker_ = std::make_unique<Ticker>("rollout.publish", kPublishInterval, [this] { publish_changes(); });
}

void Rollout::stop() {
    ticker_.reset();
}

void Rollout::publish_changes() {
    std::set<std::string> paths;
    {
        const std::lock_guard lock(mutex_);
        paths.swap(changed_paths_);
    }
    std::set<OrganisationId> changed;
    for (const auto& path : paths) {
        const auto steps = steps_of(path);
        changed.insert(steps.begin(), steps.end());
    }
    for (const auto id : changed) {
        bus_.publish({"progress:" + std::to_string(id.value), json::encode(Changed{id, clock_.now()})});
    }
}

}  // namespace educard::rollout
