#include "modules/accounts/account_events.hpp"

#include "modules/accounts/devices.hpp"
#include "modules/accounts/store_events.hpp"

namespace educard::accounts {

namespace {

constexpr std::chrono::days kNews{30};

bool is_grave(AccountEventKind kind) {
    return kind == AccountEventKind::new_device || kind == AccountEventKind::recovered ||
           kind == AccountEventKind::recovery_begun;
}

constexpr int kMostNotices = 100;  // of one account that it has not seen

}  // namespace

void AccountEvents::note(sql::Tx& tx, const Caller& owner, AccountEventKind kind) const {
    store::insert_event(tx,
                        {.account_id = owner.account,
                         .id = ids_.next<AccountEventId>(),
                         .at = clock_.now(),
                         .kind = kind,
                         .session_id = owner.session,
                         .network = owner.network,
                         .device_name = device_name_of(std::nullopt, owner.user_agent),
                         .by_name = "",
                         .seen = !is_grave(kind)});
}

void AccountEvents::note_new_device(sql::Tx& tx,
                                    AccountId account,
                                    SessionId session,
                                    const Caller& caller,
                                    std::string_view device_name) const {
    store::insert_event(tx,
                        {.account_id = account,
                         .id = ids_.next<AccountEventId>(),
                         .at = clock_.now(),
                         .kind = AccountEventKind::new_device,
                         .session_id = session,
                         .network = caller.network,
                         .device_name = std::string(device_name),
                         .by_name = "",
                         .seen = false});
}

void AccountEvents::note_from(sql::Tx& tx,
                              AccountId account,
                              AccountEventKind kind,
                              const Caller& caller) const {
    store::insert_event(tx,
                        {.account_id = account,
                         .id = ids_.next<AccountEventId>(),
                         .at = clock_.now(),
                         .kind = kind,
                         .session_id = std::nullopt,
                         .network = caller.network,
                         .device_name = device_name_of(std::nullopt, caller.user_agent),
                         .by_name = "",
                         .seen = !is_grave(kind)});
}

void AccountEvents::note_by(sql::Tx& tx,
                            AccountId account,
                            AccountEventKind kind,
                            std::string_view by_name) const {
    store::insert_event(tx,
                        {.account_id = account,
                         .id = ids_.next<AccountEventId>(),
                         .at = clock_.now(),
                         .kind = kind,
                         .session_id = std::nullopt,
                         .network = "",
                         .device_name = "",
                         .by_name = std::string(by_name),
                         .seen = !is_grave(kind)});
}

bool AccountEvents::note_notice(sql::Tx& tx, AccountId account, const Notice& notice) const {
    const auto now = clock_.now();
    if (store::has_unseen_event(tx, account, notice.kind, notice.page, notice.by_name, now - kNews) ||
        store::count_unseen_events(tx, account, now - kNews) >= kMostNotices) {
        return false;
    }
    store::insert_event(tx,
                        {.account_id = account,
                         .id = ids_.next<AccountEventId>(),
                         .at = now,
                         .kind = notice.kind,
                         .session_id = std::nullopt,
                         .network = "",
                         .device_name = "",
                         .by_name = notice.by_name,
                         .seen = false,
                         .about = notice.about,
                         .page = notice.page});
    return true;
}

std::vector<AccountEvent> AccountEvents::list(sql::Tx& tx,
                                              AccountId account,
                                              std::int64_t before,
                                              int limit) const {
    return store::events(tx, account, before, limit);
}

std::vector<AccountEvent> AccountEvents::unseen(sql::Tx& tx, const Caller& owner) const {
    return store::unseen_events(tx, owner.account, owner.session, clock_.now() - kNews);
}

void AccountEvents::see(sql::Tx& tx, const Caller& owner, AccountEventId last) const {
    store::see_events(tx, owner.account, owner.session, last);
}

}  // namespace educard::accounts
