#include "http/routes.hpp"

#include "http/bind.hpp"
#include "modules/families/families.hpp"

#include <algorithm>

namespace educard::families {

namespace {

using http::blocking;
using http::read;
using http::write;

struct DisputesQuery {
    OrganisationId organisation_id;
    std::optional<std::string> cursor;
    std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(DisputesQuery, (), (organisation_id, cursor, limit))

constexpr int kMostDisputes = 200;

http::Page<DisputeView> page_of(const Families& families,
                                sql::Tx& tx,
                                const Caller& caller,
                                const DisputesQuery& query) {
    const auto cursor = query.cursor ? parse_id(*query.cursor) : std::optional<std::int64_t>(0);
    if (!cursor) {
        throw Error::invalid("cursor", "value");
    }
    const int limit = std::clamp(query.limit.value_or(50), 1, kMostDisputes);
    auto found = families.disputes(tx, caller, query.organisation_id, LinkId{*cursor}, limit);
    http::Page<DisputeView> page;
    page.items = std::move(found.items);
    if (found.next) {
        page.next = std::to_string(found.next->value);
    }
    return page;
}

struct LinkRef {
    LinkId id;
};
BOOST_DESCRIBE_STRUCT(LinkRef, (), (id))

struct InvitationRef {
    InvitationId id;
};
BOOST_DESCRIBE_STRUCT(InvitationRef, (), (id))

struct SchoolRef {
    OrganisationId organisation_id;
};
BOOST_DESCRIBE_STRUCT(SchoolRef, (), (organisation_id))

/// `token` only when asked for; the last three only with a new account.
struct JoinedView {
    ChildView child;
    std::optional<AccountId> account_id;
    std::optional<std::string> token;
    std::optional<std::string> device_token;
    std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(JoinedView, (), (child, account_id, token, device_token, expires_at))

http::Reply<http::Created<JoinedView>> answer_of(const Families& families, Joined joined) {
    http::Reply<http::Created<JoinedView>> reply;
    auto& view = reply.body.body;
    view.child = std::move(joined.child);
    if (joined.opened) {
        const auto& opened = *joined.opened;
        view.account_id = opened.account;
        view.device_token = opened.device_token;
        view.expires_at = opened.expires_at;
        if (opened.transport == accounts::Transport::token) {
            view.token = opened.token;
        } else {
            const auto life =
                std::chrono::duration_cast<std::chrono::seconds>(opened.expires_at - families.clock().now());
            reply.headers.push_back({"Set-Cookie", accounts::cookie_of_session(opened.token, life)});
        }
    }
    return reply;
}

void add_school(http::Routes& routes, Families& families) {
    routes
        .post("/api/v1/guardian-invitations",
              write([&families](sql::Tx& tx, const Caller& caller, const Invite& input) {
                  return http::Created<InvitationView>{families.invite(tx, caller, input)};
              }))
        .summary("Make a one-time code with which a named guardian comes to a child")
        .allow(kOfficers)
        .errors({"input.invalid",
                 "families.child_unknown",
                 "families.not_certified",
                 "families.grown_up",
                 "families.too_many"});
    routes
        .del("/api/v1/guardian-invitations/{id}",
             write([&families](sql::Tx& tx, const Caller& caller, const InvitationRef& input) {
                 families.withdraw_invitation(tx, caller, input.id);
             }))
        .summary("Withdraw a code that nobody has used")
        .allow(kOfficers)
        .errors({"families.invitation_unknown"});
    routes
        .get("/api/v1/guardians", read([&families](sql::Tx& tx, const Caller& caller, const ChildRef& input) {
                 return families.guardians_of(tx, caller, input);
             }))
        .summary("The guardians of a child, and the codes that wait")
        .allow(kOfficers)
        .errors({"input.invalid", "families.child_unknown", "families.not_certified"});
    routes
        .get("/api/v1/guardian-links",
             read([&families](sql::Tx& tx, const Caller& caller, const SchoolRef& input) {
                 return families.open_links(tx, caller, input.organisation_id);
             }))
        .summary("Guardians whom a school has to confirm, and disputes that it has to decide")
        .allow(kOfficers);
    routes
        .get("/api/v1/guardian-disputes",
             read([&families](sql::Tx& tx, const Caller& caller, const DisputesQuery& query) {
                 return page_of(families, tx, caller, query);
             }))
        .summary("Guardians who are disputed anywhere below an organisation")
        .allow(kAdministrators);
    routes
        .get("/api/v1/guardian-links/{id}/history",
             read([&families](sql::Tx& tx, const Caller& caller, const LinkRef& input) {
                 return families.history(tx, caller, input.id);
             }))
        .summary("What became of a guardian's link, newest first")
        .allow(kOfficers)
        .errors({"families.link_unknown"});
    routes
        .post("/api/v1/guardian-links/{id}/confirm",
              write([&families](sql::Tx& tx, const Caller& caller, const LinkRef& input) {
                  return families.confirm(tx, caller, input.id);
              }))
        .summary("Confirm a guardian who came by the school's record")
        .allow(kOfficers)
        .errors({"families.link_unknown",
                 "families.not_waiting",
                 "families.own_link",
                 "families.changed_meanwhile"});
    routes
        .post("/api/v1/guardian-links/{id}/decision",
              write([&families](sql::Tx& tx, const Caller& caller, const Decision& input) {
                  return families.decide(tx, caller, input);
              }))
        .summary("Decide a dispute, or what rights a guardian has")
        .allow(kAdministrators)
        .errors({"input.invalid",
                 "families.link_unknown",
                 "families.own_link",
                 "families.waiting",
                 "families.nothing_to_decide",
                 "families.changed_meanwhile"});
    routes
        .post("/api/v1/guardian-links/{id}/dispute",
              write([&families](sql::Tx& tx, const Caller& caller, const Because& input) {
                  families.dispute(tx, caller, input);
              }))
        .summary("Dispute that somebody is guardian: they decide nothing until the school has decided")
        .signed_in()
        .errors({"input.invalid",
                 "families.link_unknown",
                 "families.disputed",
                 "families.waiting",
                 "families.changed_meanwhile"});
    routes
        .post("/api/v1/guardian-links/{id}/end",
              write([&families](sql::Tx& tx, const Caller& caller, const Because& input) {
                  families.end(tx, caller, input);
              }))
        .summary("End a guardian's link: one's own, or, as class teacher or school, with a reason")
        .signed_in()
        .errors(
            {"input.invalid", "families.link_unknown", "families.disputed", "families.changed_meanwhile"});
}

void add_guardian(http::Routes& routes, Families& families) {
    routes
        .post("/api/v1/family/join", blocking([&families](const Caller& caller, const Join& input) {
                  return answer_of(families, families.join(caller, input));
              }))
        .summary(
            "Come to a child as its guardian, with a code or by the school's record; makes an account "
            "for who has none")
        .anyone()
        .rate(http::Rate::guessable)
        .errors({"input.invalid",
                 "families.other_name",
                 "families.own_child",
                 "families.own_invitation",
                 "families.too_young",
                 "families.too_many",
                 "families.disputed",
                 "families.changed_meanwhile"});
    routes
        .get("/api/v1/family", read([&families](sql::Tx& tx, const Caller& caller) {
                 return families.children_of(tx, caller);
             }))
        .summary("The children whose guardian the caller is")
        .signed_in();
    routes
        .get("/api/v1/family/{id}",
             read([&families](sql::Tx& tx, const Caller& caller, const LinkRef& input) {
                 return families.child(tx, caller, input.id);
             }))
        .summary("A child with consents, apps and guardians")
        .signed_in()
        .errors({"families.link_unknown"});
    routes
        .get("/api/v1/me/guardians", read([&families](sql::Tx& tx, const Caller& caller) {
                 return families.own_guardians(tx, caller);
             }))
        .summary("The caller's own guardians")
        .signed_in();
    routes
        .post("/api/v1/family/{id}/consents",
              write([&families](sql::Tx& tx, const Caller& caller, const GiveConsent& input) {
                  return http::Created<ChildDetail>{families.give_consent(tx, caller, input)};
              }))
        .summary("Consent to what a child's data is used for, purpose by purpose")
        .signed_in()
        .errors({"input.invalid",
                 "families.link_unknown",
                 "families.informed_only",
                 "families.of_age",
                 "families.disputed",
                 "families.waiting",
                 "accounts.consent_not_missing"});
    routes
        .post("/api/v1/family/{id}/consents/{consent_id}/withdraw",
              write([&families](sql::Tx& tx, const Caller& caller, const WithdrawConsent& input) {
                  return families.withdraw_consent(tx, caller, input);
              }))
        .summary("Withdraw a consent: what it was needed for stops until it is given again")
        .signed_in()
        .errors({"families.link_unknown",
                 "families.informed_only",
                 "families.of_age",
                 "families.disputed",
                 "families.waiting",
                 "accounts.consent_unknown"});
    routes
        .put("/api/v1/family/{id}/apps/{app_id}",
             write([&families](sql::Tx& tx, const Caller& caller, const AllowApp& input) {
                 return families.allow_app(tx, caller, input);
             }))
        .summary("Let an app in for a child, with what it may hear")
        .signed_in()
        .errors({"families.link_unknown",
                 "families.informed_only",
                 "families.of_age",
                 "families.disputed",
                 "families.waiting",
                 "oidc.app_unknown",
                 "oidc.no_guardian_needed"});
    routes
        .del("/api/v1/family/{id}/apps/{app_id}",
             write([&families](sql::Tx& tx, const Caller& caller, const AppOfChild& input) {
                 return families.withdraw_app(tx, caller, input);
             }))
        .summary("Do not let an app in for a child, or no longer")
        .signed_in()
        .errors({"families.link_unknown",
                 "families.informed_only",
                 "families.of_age",
                 "families.disputed",
                 "families.waiting",
                 "oidc.not_connected"});
    routes
        .post("/api/v1/family/{id}/password",
              blocking([&families](const Caller& caller, const LinkRef& input) {
                  return http::Created<accounts::Recovered>{families.reset_password(caller, input.id)};
              }))
        .summary("A one-time password for a child that has lost its own; all its devices are signed out")
        .signed_in()
        .proven()
        .rate(http::Rate::costly)
        .errors({"families.link_unknown",
                 "families.informed_only",
                 "families.of_age",
                 "families.disputed",
                 "families.waiting"});
}

}  // namespace

void add_routes(http::Routes& routes, Families& families) {
    add_school(routes, families);
    add_guardian(routes, families);
}

}  // namespace educard::families
