#pragma once
// Turns a plain function (or lambda) into an Endpoint. Only routes.cpp files include this.
// docs/adding-a-route.md has a worked example.
//
//   read(f)       R f(sql::Tx&, const Caller&[, const Input&])
//                 on one snapshot of the database
//   write(f)      the same, in a transaction that is durable before the answer leaves;
//                 may run again from the start
//   immediate(f)  R f(const Caller&[, const Input&])
//                 at once on the I/O thread, which everybody waits for: microseconds, no
//                 database, and for anyone, as nobody looks up who is calling
//   blocking(f)   R f(const Caller&[, const Input&])
//                 on the bounded CPU pool, for argon2id and the like; it calls db.read and
//                 db.write itself
//   upload(f)     R f(const Caller&, [const Input&,] const Upload&)
//                 on the CPU pool; the body is in a temporary file
//   events(f)     Subscription f(sql::Tx&, const Caller&[, const Input&])
//                 an event stream; f decides what may be heard
//
// Functions must be safe to call on many threads at once: what they capture is const or synchronised.

#include "http/endpoint.hpp"

#include <concepts>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace educard::http {

namespace detail {

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
    using Result = R;
    using Arguments = std::tuple<A...>;
};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)> {};

/// The input among a function's parameters: the one that is neither Tx, Caller nor Upload; NoInput when there
/// is none.
template <class... A>
struct InputOf {
    using type = NoInput;
};
template <class First, class... Rest>
struct InputOf<First, Rest...> {
    using Plain = std::remove_cvref_t<First>;
    static constexpr bool known =
        std::same_as<Plain, sql::Tx> || std::same_as<Plain, Caller> || std::same_as<Plain, Upload>;
    using type = typename std::conditional_t<known, InputOf<Rest...>, std::type_identity<Plain>>::type;
};
template <class... A>
struct InputOf<std::tuple<A...>> : InputOf<A...> {};

/// How a result becomes an answer.
template <class T>
struct Result {
    static constexpr int status = 200;
    static constexpr std::string_view type = "application/json";
    static boost::json::object schema(json::Components& components) { return json::schema<T>(components); }
    static Response render(T&& value) {
        Response response;
        response.content_type = type;
        json::write(value, response.body);
        return response;
    }
};
template <class T, int Status>
struct WithStatus : Result<T> {
    static constexpr int status = Status;
    template <class Wrapped>
    static Response render(Wrapped&& wrapped) {
        auto response = Result<T>::render(std::move(wrapped.body));
        response.status = Status;
        return response;
    }
};
template <class T>
struct Result<Created<T>> : WithStatus<T, 201> {};
template <class T>
struct Result<Accepted<T>> : WithStatus<T, 202> {};
template <class T>
struct Result<Reply<T>> : Result<T> {
    static Response render(Reply<T>&& reply) {
        auto response = Result<T>::render(std::move(reply.body));
        response.headers = std::move(reply.headers);
        return response;
    }
};
template <>
struct Result<NoContent> {
    static constexpr int status = 204;
    static constexpr std::string_view type = "";
    static constexpr std::nullptr_t schema = nullptr;
    static Response render(NoContent&&);
};
template <>
struct Result<void> : Result<NoContent> {};
template <>
struct Result<Download> {
    static constexpr int status = 200;
    static constexpr std::string_view type = "application/octet-stream";
    static constexpr std::nullptr_t schema = nullptr;
    static Response render(Download&& download);
};
template <>
struct Result<Json> {
    static constexpr int status = 200;
    static constexpr std::string_view type = "application/json";
    static boost::json::object schema(json::Components&) { return {{"type", "object"}}; }
    static Response render(Json&& json);
};
template <>
struct Result<Subscription> {
    static constexpr int status = 200;
    static constexpr std::string_view type = "text/event-stream";
    static constexpr std::nullptr_t schema = nullptr;
    static Response render(Subscription&& subscription);
};

/// Fills `out`, a struct with these members, or throws Error::invalid with all field errors.
void parse_input(const Arguments& arguments, std::span<const json::Field> fields, void* out);

template <class Input>
std::shared_ptr<const void> parse_as(const Arguments& arguments) {
    const auto input = std::make_shared<Input>();
    parse_input(arguments, json::fields_of<Input>(), input.get());
    return input;
}

/// Gives the parameter that a function asks for by type.
template <class Parameter>
Parameter& pick(sql::Tx* tx, const Caller& caller, const void* input, const Upload* upload) {
    using Plain = std::remove_const_t<Parameter>;
    if constexpr (std::same_as<Plain, sql::Tx>) {
        return *tx;
    } else if constexpr (std::same_as<Plain, Caller>) {
        return caller;
    } else if constexpr (std::same_as<Plain, Upload>) {
        return *upload;
    } else {
        return *static_cast<const Plain*>(input);
    }
}

template <class F, class... A>
Response invoke(const F& function,
                std::type_identity<std::tuple<A...>>,
                sql::Tx* tx,
                const Caller& caller,
                const void* input,
                const Upload* upload) {
    using R = std::invoke_result_t<const F&, A...>;
    if constexpr (std::is_void_v<R>) {
        function(pick<std::remove_reference_t<A>>(tx, caller, input, upload)...);
        return Result<void>::render(NoContent{});
    } else {
        return Result<R>::render(function(pick<std::remove_reference_t<A>>(tx, caller, input, upload)...));
    }
}

template <class F>
Endpoint bind(Endpoint::Kind kind, F function) {
    using Traits = Signature<F>;
    using Input = typename InputOf<typename Traits::Arguments>::type;
    using R = Result<std::remove_cvref_t<typename Traits::Result>>;
    static_assert(json::Described<Input>,
                  "describe the input struct: BOOST_DESCRIBE_STRUCT(Input, (), (members…))");
    Endpoint endpoint;
    endpoint.kind = kind;
    endpoint.input = json::fields_of<Input>();
    endpoint.parse = &parse_as<Input>;
    endpoint.run = [function = std::move(function)](
                       sql::Tx* tx, const Caller& caller, const void* input, const Upload* upload) {
        return invoke(function, std::type_identity<typename Traits::Arguments>(), tx, caller, input, upload);
    };
    endpoint.status = R::status;
    endpoint.result_type = R::type;
    if constexpr (!std::is_same_v<decltype(R::schema), const std::nullptr_t>) {
        endpoint.result = &R::schema;
    }
    return endpoint;
}

template <class F, class Parameter>
inline constexpr bool first_is =
    std::same_as<std::tuple_element_t<0, typename Signature<F>::Arguments>, Parameter>;

}  // namespace detail

template <class F>
Endpoint read(F function) {
    static_assert(detail::first_is<F, sql::Tx&>, "read takes R(sql::Tx&, const Caller&[, const Input&])");
    return detail::bind(Endpoint::Kind::read, std::move(function));
}

template <class F>
Endpoint write(F function) {
    static_assert(detail::first_is<F, sql::Tx&>, "write takes R(sql::Tx&, const Caller&[, const Input&])");
    return detail::bind(Endpoint::Kind::write, std::move(function));
}

template <class F>
Endpoint immediate(F function) {
    static_assert(detail::first_is<F, const Caller&>, "immediate takes R(const Caller&[, const Input&])");
    return detail::bind(Endpoint::Kind::immediate, std::move(function));
}

template <class F>
Endpoint blocking(F function) {
    static_assert(detail::first_is<F, const Caller&>, "blocking takes R(const Caller&[, const Input&])");
    return detail::bind(Endpoint::Kind::blocking, std::move(function));
}

template <class F>
Endpoint upload(F function) {
    static_assert(detail::first_is<F, const Caller&>,
                  "upload takes R(const Caller&, [const Input&,] const Upload&)");
    return detail::bind(Endpoint::Kind::upload, std::move(function));
}

template <class F>
Endpoint events(F function) {
    static_assert(detail::first_is<F, sql::Tx&>,
                  "events takes Subscription(sql::Tx&, const Caller&[, const Input&])");
    static_assert(std::same_as<typename detail::Signature<F>::Result, Subscription>);
    return detail::bind(Endpoint::Kind::events, std::move(function));
}

}  // namespace educard::http
