#include "modules/notices/notices.hpp"

#include "modules/notices/store.hpp"

#include <boost/json/parse.hpp>

#include <limits>

namespace educard::notices {

namespace {

constexpr int kShown = 50;
constexpr int kForgottenAtOnce = 5000;

}  // namespace

void Notices::put(sql::Tx& tx, const NewNotice& notice) const {
    store::put(tx, ids_.next<NoticeId>(), notice, clock_.now());
}

std::vector<Notice> Notices::list(sql::Tx& tx, AccountId account, std::optional<NoticeId> before) const {
    const auto end = before.value_or(NoticeId{std::numeric_limits<std::int64_t>::max()});
    std::vector<Notice> found;
    for (auto& row : store::list(tx, account, end, clock_.now(), kShown)) {
        boost::system::error_code fault;
        auto details = boost::json::parse(row.details, fault);
        found.push_back({row.id,
                         std::move(row.kind),
                         fault ? boost::json::value(boost::json::object()) : std::move(details),
                         std::move(row.link),
                         row.at});
    }
    return found;
}

void Notices::dismiss(sql::Tx& tx, AccountId account, NoticeId notice) const {
    if (!store::dismiss(tx, account, notice)) {
        throw Error(Fault::not_found, "notices.unknown");
    }
}

void Notices::dismiss_until(sql::Tx& tx, AccountId account, NoticeId last) const {
    store::dismiss_until(tx, account, last);
}

void Notices::sweep(sql::Tx& tx) const {
    store::forget(tx, clock_.now(), kForgottenAtOnce);
}

}  // namespace educard::notices
