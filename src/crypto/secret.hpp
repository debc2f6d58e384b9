#pragma once
// Octets that are wiped when they go.

#include "base/bytes.hpp"

#include <utility>

namespace educard::crypto {

class Secret {
public:
    Secret() = default;
    explicit Secret(Bytes bytes) : bytes_(std::move(bytes)) {}
    ~Secret() { wipe(); }
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            wipe();
            bytes_ = other.bytes_;
        }
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }

    ByteView view() const { return bytes_; }

private:
    void wipe();
    Bytes bytes_;
};

}  // namespace educard::crypto
