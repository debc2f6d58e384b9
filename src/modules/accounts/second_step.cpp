// The second step of signing in, after the password. What it has to know of the first travels sealed, with
// the client; it may be tried again until it runs out, and what makes it good only once is the code.

#include "base/json.hpp"
#include "modules/accounts/accounts.hpp"
#include "modules/accounts/store.hpp"

namespace educard::accounts {

namespace {

constexpr crypto::FieldPlace kStepPlace{"session", "ticket", 0};

struct StepTicket {
    FirstStep first;  // with a mark of the password's hash: whoever changes it ends what it had begun
    Time until;
};
BOOST_DESCRIBE_STRUCT(StepTicket, (), (first, until))

}  // namespace

std::string Accounts::mark_of_password(std::string_view password_hash) const {
    return to_base64url(digest_of_token(password_hash));
}

std::string Accounts::make_ticket(FirstStep first) const {
    first.password_hash = mark_of_password(first.password_hash);
    const StepTicket ticket{.first = std::move(first),
                            .until = parts_.clock.now() + options_.second_step_life};
    return to_base64url(cipher_.seal(json::encode(ticket), kStepPlace));
}

Opened Accounts::take_second_step(const Caller& caller, const SecondStep& step) const {
    const auto sealed = from_base64url(step.ticket);
    const auto text = sealed ? cipher_.try_open(*sealed, kStepPlace) : std::nullopt;
    const auto ticket = text ? json::decode<StepTicket>(*text) : StepTicket{};
    if (ticket.until <= parts_.clock.now()) {
        throw Error(Fault::unauthenticated, "accounts.second_step_expired");
    }
    const auto& first = ticket.first;
    const auto device = first.device_token ? to_hex(digest_of_token(*first.device_token)) : std::string();
    if (!step.passkey) {
        count_guess(first.account, device, step.code.value_or(""));
    }
    return parts_.database.write([&](sql::Tx& tx) {
        const auto account = store::find_account(tx, first.account);
        if (!account || mark_of_password(account->password_hash) != first.password_hash) {
            throw Error(Fault::unauthenticated, "accounts.second_step_expired");
        }
        if (!step.passkey) {
            factors_.use(tx, account->id, device, *step.code);
        } else if (passkeys_.use(tx, *step.passkey) != account->id) {
            throw Error::invalid("passkey", "accounts.passkey_unknown");
        }
        store::set_outcome(tx, first.event, SignInOutcome::signed_in);
        return open_session(tx,
                            caller,
                            account->id,
                            {.transport = first.transport,
                             .device_name = first.device_name,
                             .device_token = first.device_token,
                             .methods = step.passkey ? kByPasswordAndPasskey : kByPasswordAndCode});
    });
}

}  // namespace educard::accounts
