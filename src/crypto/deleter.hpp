#pragma once
// Inside of the layer: what the C libraries' objects are freed with.

namespace educard::crypto {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};

}  // namespace educard::crypto
