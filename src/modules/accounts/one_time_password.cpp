#include "modules/accounts/one_time_password.hpp"

#include "base/text.hpp"
#include "modules/accounts/captcha_picture.hpp"

namespace educard::accounts {

std::string make_one_time_password(crypto::Random& random) {
    std::string password;
    for (int i = 0; i < 12; ++i) {
        if (i > 0 && i % 4 == 0) {
            password += '-';
        }
        password += kPictureAlphabet[random.below(kPictureAlphabet.size())];
    }
    return fold_case(password);
}

}  // namespace educard::accounts
