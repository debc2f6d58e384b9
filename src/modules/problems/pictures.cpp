#include "base/error.hpp"
#include "base/picture.hpp"
#include "modules/problems/problems.hpp"
#include "modules/problems/store.hpp"

#include <fstream>
#include <iterator>

namespace educard::problems {

namespace {

std::string_view code_of(PictureFault fault) {
    switch (fault) {
        case PictureFault::too_large:
            return "problems.picture_too_large";
        case PictureFault::unknown_type:
            return "problems.picture_type";
        case PictureFault::animated:
            return "problems.picture_animated";
        case PictureFault::damaged:
            break;
    }
    return "problems.picture_damaged";
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

PictureView Problems::add_picture(const Caller& caller,
                                  ProblemId id,
                                  const std::filesystem::path& file) const {
    const auto picture = clean_picture(read_file(file));
    if (!picture) {
        throw Error::invalid("body", std::string(code_of(picture.error())));
    }
    return parts_.database.write([&](sql::Tx& tx) {
        auto row = get_own(tx, caller, id);
        if (row.state == State::solved || row.state == State::withdrawn) {
            throw Error(Fault::conflict, "problems.is_over");
        }
        if (store::pictures_of(tx, id, kMostPictures).size() == kMostPictures) {
            throw Error(Fault::conflict, "problems.too_many_pictures");
        }
        row.changed_at = parts_.clock.now();
        save(tx, row);  // so that of two at once one hears that it has to look again
        store::PictureRow kept{.problem_id = id,
                               .id = parts_.ids.next<PictureId>(),
                               .content_type = std::string(picture->content_type),
                               .width = picture->width,
                               .height = picture->height,
                               .octets = Bytes(picture->octets.begin(), picture->octets.end()),
                               .at = row.changed_at};
        store::insert_picture(tx, kept);
        return PictureView{
            .id = kept.id, .content_type = kept.content_type, .width = kept.width, .height = kept.height};
    });
}

PictureFile Problems::picture(sql::Tx& tx, const Caller& caller, ProblemId id, PictureId picture) const {
    const auto row = store::find(tx, id);
    if (!row || row->account_id != caller.account) {
        (void)get_seen(tx, caller, id);
    }
    const auto found = store::find_picture(tx, id, picture);
    if (!found) {
        throw Error(Fault::not_found, "problems.unknown");
    }
    return {.content_type = found->content_type,
            .octets = std::string(found->octets.begin(), found->octets.end())};
}

}  // namespace educard::problems
