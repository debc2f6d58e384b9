// Pictures of apps. A vector picture could hold a program, so there are none.

#include "base/error.hpp"
#include "base/picture.hpp"
#include "crypto/digest.hpp"
#include "modules/portal/found.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace educard::portal {

namespace {

constexpr std::int64_t kMostLogos = 20;  // that one app has brought and not yet forgotten
constexpr auto kKeptUnused = std::chrono::days(1);
constexpr int kSweptAtOnce = 200;

std::string_view code_of(PictureFault fault) {
    return fault == PictureFault::unknown_type ? "portal.logo_type" : "portal.logo_damaged";
}

Logo logo_of_row(const std::optional<store::LogoRow>& row) {
    if (!row) {
        throw Error(Fault::not_found, "portal.no_logo");
    }
    return {.content_type = row->content_type,
            .picture = std::string(as_text(row->picture)),
            .digest = to_hex(row->digest)};
}

}  // namespace

LogoRef Portal::bring_logo(const Caller& caller, AppId id, const std::filesystem::path& file) const {
    std::ifstream in(file, std::ios::binary);
    const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (octets.size() > kMaxLogo) {
        throw Error(Fault::too_large, "portal.logo_too_large");
    }
    const auto picture = clean_picture(octets);
    if (!picture) {
        throw Error::invalid("logo", std::string(code_of(picture.error())));
    }
    if (picture->width != picture->height) {
        throw Error::invalid("logo", "portal.logo_not_square");
    }
    // Of the app too: two apps with the same picture have one each, and neither takes the other's away.
    const auto digest = crypto::sha256(std::to_string(id.value) + ":" + picture->octets);
    const store::LogoRow row{.digest = {digest.begin(), digest.end()},
                             .app_id = id,
                             .content_type = std::string(picture->content_type),
                             .picture = {picture->octets.begin(), picture->octets.end()},
                             .created_at = parts_.clock.now()};
    parts_.database.write([&](sql::Tx& tx) {
        managed(tx, caller, id);
        if (!store::has_logo(tx, id, row.digest) && store::count_logos(tx, id) >= kMostLogos) {
            throw Error(Fault::too_many, "portal.too_many_logos");
        }
        store::insert_logo(tx, row);
    });
    return {.logo = to_hex(row.digest)};
}

Logo Portal::logo(sql::Tx& tx, const std::string& text) const {
    const auto digest = from_hex(text);
    return logo_of_row(digest ? store::find_logo(tx, *digest) : std::nullopt);
}

Logo Portal::logo_of(sql::Tx& tx, AppId id) const {
    const auto listing = store::find_listing(tx, id);
    const auto logo_name = listing ? json::decode<Shown>(listing->shown).logo : std::nullopt;
    return logo(tx, logo_name.value_or(""));
}

void Portal::sweep(sql::Tx& tx) const {
    const auto now = parts_.clock.now();
    store::forget_invitations(tx, now);
    const auto old = store::logos_before(tx, now - kKeptUnused, kSweptAtOnce);
    for (const auto& one : old) {
        const auto listing = store::find_listing(tx, one.app_id);
        const auto used = [&](const std::optional<std::string>& logo) { return logo == to_hex(one.digest); };
        if (listing && (used(json::decode<Shown>(listing->shown).logo) ||
                        (listing->proposal && used(json::decode<Draft>(*listing->proposal).shown.logo)))) {
            store::keep_logo(tx, one.digest, now);
            continue;
        }
        store::remove_logo(tx, one.digest);
    }
}

}  // namespace educard::portal
