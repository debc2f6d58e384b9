#pragma once
// A write that with some inputs only reads, and then need not wait for the writer. Only routes.cpp files
// include this, like http/bind.hpp, and the router.
//
//   write_unless(only_reads, f)   write(f), or read(f) where bool only_reads(const Caller&, const Input&)
//   says
//                                 that f changes nothing. Nobody has looked up that caller: it is what the
//                                 headers say. Whoever sends an Idempotency-Key gets a write.
//   brief(e)                      e is that or a read, and its reads are a few rows that are found by their
//                                 keys: they need not change threads for that

#include "http/bind.hpp"

#include <functional>
#include <utility>

namespace educard::http {

/// In the place of Endpoint::run.
struct EitherWay {
    decltype(Endpoint::run) run;
    std::function<bool(const Caller& caller, const void* input)> only_reads;  // null: as the kind says
    bool brief = false;

    Response operator()(sql::Tx* tx, const Caller& caller, const void* input, const Upload* upload) const {
        return run(tx, caller, input, upload);
    }
};

template <class Question, class F>
Endpoint write_unless(Question only_reads, F function) {
    using Input = typename detail::InputOf<typename detail::Signature<F>::Arguments>::type;
    auto endpoint = write(std::move(function));
    endpoint.run = EitherWay{
        .run = std::move(endpoint.run),
        .only_reads = [only_reads = std::move(only_reads)](const Caller& caller, const void* input) -> bool {
            return only_reads(caller, *static_cast<const Input*>(input));
        }};
    return endpoint;
}

inline Endpoint brief(Endpoint endpoint) {
    if (auto* known = endpoint.run.target<EitherWay>()) {
        known->brief = true;
    } else {
        endpoint.run = EitherWay{.run = std::move(endpoint.run), .only_reads = nullptr, .brief = true};
    }
    return endpoint;
}

}  // namespace educard::http
