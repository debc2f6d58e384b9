// A card and a status list that other software made: the output of tests/interop/make_card.py (python3-cbor2
// and python3-cryptography), written from docs/card-format.md alone.

#include "modules/cards/cards.hpp"

#include <gtest/gtest.h>

namespace educard::cards {
namespace {

constexpr std::string_view kKeys =
    R"({"issuer":"educard:0a1b2c3d","keys":[
{"kty":"EC","crv":"P-256","x":"XBzQy5AvodpJ-zHYKChEiz9nc0DIOGWq5gMFwf73qD0","y":"aFyolKItZ42OaIZ9YuveTRXyRwhOpsOmhW2ckhlXQJg","use":"sig","alg":"ES256","kid":"0a1b2c3d"}],"cose_keys":""})";
const std::string kCode =
    "EDU1:ARGX707FRRRQ+D9O60CO0MC1UQ59CK*506MLI9EMVCGPCYKE1G7-CCSICFOC:SCCF3Z9WA48CF3Z*VB48R490000000"
    "005E5.FK0XK4C0J60F6B%32WD8U5NDR6$YDPEWQ8S*HA0+BGHDT93RHC8JMN357/G:HFHF4V342RURY80ST$-JMG4H5E1193"
    "ID.HVR21OYTSECELI9WEPYDF.F1KL880BL6EL63R61A6C%6WF6PF6WF64P0.1TEFKJEM$6TH/HFGWDIK QEIEC7%E%2C+EDN"
    "XEOPCPVCB33 PC*KER8FA9DIWENPEJ/5GPCYKE.%5$9FQ$DTVDO:5M9E006 96 QEIEC7%EIX5+EDLWEK/5/E7V50D20 QE$"
    "$E1$C9VE1001006JD+96NF66466462A6100200K3D*KEB$DALE27B2/K$/I::7 C5YNU%ERDHV%3UCYL9KRVU8TUJ3/1-RUV"
    "5EZBFKG1UUB%+OWV8YU9-AB0U0V42+ 2H$PL958 0-O6--LLMRNKTCF3C2WAEOT58XXAL8ULDU/915Z7DOS1ESOKIU+EU5V0"
    "SB:PV$RUEJ22 50C5B:8R1L2U78OQ3R6ZBMWBKY%F$5TZ8Q*KDUIB49K78RA9A:0";
const std::string kStatuses =
    "2D3ShFgmowEmBEQKGyw9EHgaYXBwbGljYXRpb24vc3RhdHVzbGlzdCtjd3SgWFulAngqaHR0cHM6Ly9jYXJkLmV4YW1wbGUv"
    "YXBpL3YxL3N0YXR1cy1saXN0cy8wBBpq_thABhpq_YbAGf_9omNsc3RMeNpj4GDACwABGAAJZGJpdHMCGf_-GQEsWEAnxOu6"
    "J24Tw6YKXyUE6BzurQlJg9uMdPhDQ3TUoUjqh-a_oZSaYJCy_CXDDs95GRO_zl9Th4LY9Ulvntv19UaW";
const Time kNow{std::chrono::seconds(1795000000)};

TEST(Interop, AcceptsACardThatOtherSoftwareMade) {
    const auto trust = Trust::from_json(kKeys).value();
    KnownLists lists;
    EXPECT_EQ(verify(kCode, trust, kNow, lists).reason, Reason::status_unknown);
    ASSERT_TRUE(lists.add(from_base64url(kStatuses).value(), trust));
    const auto outcome = verify(kCode, trust, kNow, lists);
    ASSERT_EQ(outcome.reason, Reason::valid);
    EXPECT_EQ(outcome.claims->name, "张小明");
    EXPECT_EQ(outcome.claims->card_number, "3235481960292229");
    EXPECT_EQ(outcome.claims->credential_id, 42);
    EXPECT_EQ(outcome.claims->status_index, 77U);
    EXPECT_EQ(lists.find(outcome.claims->status_uri, 5, kNow), StatusAnswer::suspended);
    EXPECT_EQ(verify(kCode, trust, kNow + std::chrono::minutes(1), lists).reason, Reason::stale);
}

}  // namespace
}  // namespace educard::cards
