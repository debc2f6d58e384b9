// What owners are told beside the app: whoever has got into an account can make its notices disappear there,
// but not the message on the owner's telephone.

#include "modules/accounts/accounts.hpp"
#include "modules/accounts/store.hpp"

#include <fmt/format.h>

namespace educard::accounts {

namespace {

using namespace std::chrono_literals;

constexpr RateRule kOneAnHour{.burst = 1, .refill = 1h};
constexpr auto kLife = 24h;

struct Texts {
    std::string_view zh_cn;
    std::string_view en;
};

/// Without names, places or links: a telephone is read by others too, and a link in such a message is what
/// swindlers send.
std::optional<Texts> texts_of(AccountEventKind kind) {
    switch (kind) {
        case AccountEventKind::new_device:
            return Texts{
                "【教育卡】您的账户刚在新设备上登录。如非本人操作，请登录后退出其他设备并修改密码。",
                "[Education Card] Your account was used on a new device. Not you? Sign in, sign out the "
                "other devices and change the password."};
        case AccountEventKind::recovered:
            return Texts{
                "【教育卡】您的账户密码已被重置。如非您本人要求，请立即联系学校。",
                "[Education Card] The password of your account was reset. If you did not ask for that, "
                "turn to the school at once."};
        case AccountEventKind::link_disputed:
            return Texts{"【教育卡】您的一项监护关联被提出争议，学校处理前不能代孩子办理。请登录查看。",
                         "[Education Card] That you are a child's guardian is disputed. Until the school has "
                         "decided you cannot act for the child. Sign in to see more."};
        case AccountEventKind::link_kept:
            return Texts{
                "【教育卡】学校已处理您的监护关联争议：关联保留。请登录查看。",
                "[Education Card] The school has decided: you stay a child's guardian. Sign in to see "
                "more."};
        case AccountEventKind::link_ended:
            return Texts{
                "【教育卡】学校已结束您的一项监护关联。如有疑问，请联系学校。",
                "[Education Card] The school has ended that you are a child's guardian here. Ask the "
                "school if you do not know why."};
        default:
            return std::nullopt;
    }
}

}  // namespace

void Accounts::tell_by_sms(sql::Tx& tx, AccountId id, AccountEventKind kind) const {
    const auto texts = texts_of(kind);
    if (!texts || sms_ == nullptr || !sms_->is_available()) {
        return;
    }
    const auto account = store::find_account(tx, id);
    if (!account || !account->phone || !account->phone_verified_at) {
        return;
    }
    const auto bucket = fmt::format("notice:{}:{}", id.value, boost::describe::enum_to_string(kind, ""));
    if (parts_.limits.take(tx, bucket, kOneAnHour)) {
        return;
    }
    sms_->try_send(tx,
                   cipher_.open(*account->phone, {"account", "phone", id.value}),
                   account->language == Language::en ? texts->en : texts->zh_cn,
                   kLife);
}

void Accounts::tell(sql::Tx& tx, AccountId account, const Notice& notice) const {
    if (events_.note_notice(tx, account, notice)) {
        tell_by_sms(tx, account, notice.kind);
    }
}

}  // namespace educard::accounts
