#include "crypto/key_file.hpp"

#include "base/error.hpp"
#include "crypto/aead.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json.hpp>

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sodium.h>
#include <system_error>

namespace educard::crypto {

namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kOpen = "none";
constexpr std::string_view kSealed = "argon2id";

[[noreturn]] void fail_writing(const std::system_error& fault) {
    throw Error(Fault::internal, "crypto.keys_unwritable").with("reason", fault.what());
}

FileLock lock_beside(const std::filesystem::path& file) {
    try {
        return FileLock(file);
    } catch (const std::system_error& fault) {
        fail_writing(fault);
    }
}

Secret key_from_passphrase(const std::string& passphrase, ByteView salt) {
    ensure_sodium();
    Bytes key(kAeadKeySize);
    if (salt.size() != crypto_pwhash_SALTBYTES) {
        throw Error(Fault::internal, "crypto.keys_unreadable");
    }
    const int failed = crypto_pwhash(key.data(),
                                     key.size(),
                                     passphrase.data(),
                                     passphrase.size(),
                                     salt.data(),
                                     crypto_pwhash_OPSLIMIT_MODERATE,
                                     crypto_pwhash_MEMLIMIT_MODERATE,
                                     crypto_pwhash_ALG_ARGON2ID13);
    if (failed != 0) {
        throw Error(Fault::unavailable, "crypto.out_of_memory");
    }
    return Secret(std::move(key));
}

/// What a sealed key is bound to: moved to another id or purpose it does not open.
std::string binding(std::string_view id, std::string_view purpose) {
    return fmt::format("educard/keys/1 {} {}", id, purpose);
}

template <class T>
T required(std::optional<T> value) {
    if (!value) {
        throw Error(Fault::internal, "crypto.keys_unreadable");
    }
    return std::move(*value);
}

std::string string_at(const json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
}

std::unique_ptr<Key> decode_key(const json::object& in, const std::optional<Secret>& wrapping) {
    auto key = std::make_unique<Key>();
    const auto id = string_at(in, "id");
    const auto purpose = string_at(in, "purpose");
    key->id = required(parse_key_id(id));
    if (!boost::describe::enum_from_string(purpose.c_str(), key->purpose) ||
        !boost::describe::enum_from_string(string_at(in, "state").c_str(), key->state)) {
        throw Error(Fault::internal, "crypto.keys_unreadable");
    }
    key->created_at = required(parse_time(string_at(in, "created_at")));
    if (const auto* retired = in.if_contains("retired_at")) {
        key->retired_at = required(parse_time(std::string(retired->as_string())));
    }
    auto material = required(from_base64url(string_at(in, "material")));
    if (wrapping) {
        auto opened = aead_open(wrapping->view(), material, as_bytes(binding(id, purpose)));
        if (!opened) {
            throw Error(Fault::internal, "crypto.passphrase_wrong");
        }
        material = std::move(*opened);
    }
    key->material = Secret(std::move(material));
    const bool fits = key->purpose == Purpose::issuer_signature
                          ? P256PrivateKey::from_der(key->material.view()).has_value()
                          : key->material.view().size() == 32;
    if (!fits) {
        throw Error(Fault::internal, "crypto.keys_unreadable");
    }
    return key;
}

StoredKeys decode_object(const json::object& in, const std::optional<std::string>& passphrase) {
    StoredKeys stored;
    const auto wrapping_name = string_at(in, "wrapping");
    if (in.at("format").as_int64() != kFormat || (wrapping_name != kOpen && wrapping_name != kSealed)) {
        throw Error(Fault::internal, "crypto.keys_unreadable");
    }
    std::optional<Secret> wrapping;
    stored.sealed = wrapping_name == kSealed;
    if (stored.sealed) {
        if (!passphrase) {
            throw Error(Fault::internal, "crypto.passphrase_wrong");
        }
        wrapping = key_from_passphrase(*passphrase, required(from_base64url(string_at(in, "salt"))));
    }
    stored.installation = string_at(in, "installation");
    for (const auto& key : in.at("keys").as_array()) {
        stored.keys.push_back(decode_key(key.as_object(), wrapping));
    }
    return stored;
}

json::object encode_key(const Key& key, const std::optional<Secret>& wrapping, Random& random) {
    const auto id = to_text(key.id);
    const std::string purpose = boost::describe::enum_to_string(key.purpose, "");
    json::object out;
    out["id"] = id;
    out["purpose"] = purpose;
    out["state"] = boost::describe::enum_to_string(key.state, "");
    out["created_at"] = educard::to_text(key.created_at);
    if (key.retired_at) {
        out["retired_at"] = educard::to_text(*key.retired_at);
    }
    out["material"] =
        wrapping ? to_base64url(aead_seal(
                       wrapping->view(), key.material.view(), as_bytes(binding(id, purpose)), random))
                 : to_base64url(key.material.view());
    return out;
}

}  // namespace

StoredKeys decode_key_file(std::string_view text, const std::optional<std::string>& passphrase) {
    try {
        return decode_object(json::parse(text).as_object(), passphrase);
    } catch (const Error&) {
        throw;
    } catch (const std::exception&) {  // not JSON, or not of this shape
        throw Error(Fault::internal, "crypto.keys_unreadable");
    }
}

std::string encode_key_file(const std::string& installation,
                            const std::vector<std::unique_ptr<Key>>& keys,
                            const std::optional<std::string>& passphrase,
                            Random& random) {
    json::object out;
    out["format"] = kFormat;
    out["installation"] = installation;
    out["wrapping"] = passphrase ? kSealed : kOpen;
    std::optional<Secret> wrapping;
    if (passphrase) {
        const auto salt = random.bytes(crypto_pwhash_SALTBYTES);
        out["salt"] = to_base64url(salt);
        wrapping = key_from_passphrase(*passphrase, salt);
    }
    json::array list;
    for (const auto& key : keys) {
        list.push_back(encode_key(*key, wrapping, random));
    }
    out["keys"] = std::move(list);
    return json::serialize(out) + "\n";
}

std::optional<std::string> read_key_file(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) {
        return std::nullopt;
    }
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) {
        throw Error(Fault::internal, "crypto.keys_unreadable").with("file", file.string());
    }
    return text;
}

void write_key_file(const std::filesystem::path& file, std::string_view text) {
    try {
        replace_file(file, text);
    } catch (const std::system_error& fault) {
        fail_writing(fault);
    }
}

KeyFileLock::KeyFileLock(const std::filesystem::path& file) : lock_(lock_beside(file)) {}

}  // namespace educard::crypto
