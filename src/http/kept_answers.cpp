#include "http/kept_answers.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "http/request.hpp"
#include "sql/sql.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>

namespace educard::http {

namespace {

using namespace std::chrono_literals;

constexpr auto kKeep = 24h;
constexpr auto kUnderWay = 20s;  // after which whoever claimed the key is thought dead

struct Row {
    Bytes fingerprint;
    std::optional<Bytes> answer;
    Time claimed_at;
};
BOOST_DESCRIBE_STRUCT(Row, (), (fingerprint, answer, claimed_at))

struct KeptHeader {
    std::string name;
    std::string value;
};
BOOST_DESCRIBE_STRUCT(KeptHeader, (), (name, value))

struct KeptAnswer {
    int status = 0;
    std::string content_type;
    std::string body;
    std::vector<KeptHeader> headers;
};
BOOST_DESCRIBE_STRUCT(KeptAnswer, (), (status, content_type, body, headers))

crypto::FieldPlace place_of(const crypto::Digest& key) {
    std::int64_t row = 0;
    for (std::size_t i = 0; i < sizeof(row); ++i) {
        row = static_cast<std::int64_t>(static_cast<std::uint64_t>(row) << 8U | key[i]);
    }
    return {.table = "kept_answer", .column = "answer", .row = row};
}

std::string pack(const Response& response) {
    KeptAnswer kept{.status = response.status,
                    .content_type = response.content_type,
                    .body = response.body,
                    .headers = {}};
    for (const auto& header : response.headers) {
        kept.headers.push_back({header.name, header.value});
    }
    return json::encode(kept);
}

Response unpack(std::string_view text) {
    auto kept = json::decode<KeptAnswer>(text);
    Response response;
    response.status = kept.status;
    response.content_type = std::move(kept.content_type);
    response.body = std::move(kept.body);
    for (auto& header : kept.headers) {
        response.headers.push_back({std::move(header.name), std::move(header.value)});
    }
    return response;
}

/// Parts that may hold anything are told apart by their lengths.
void add_part(crypto::Sha256& hash, std::string_view part) {
    hash.add(as_bytes(std::to_string(part.size()) + ":")).add(as_bytes(part));
}

}  // namespace

std::optional<RepeatKey> repeat_key_of(const Request& request, const Caller& caller) {
    const std::string_view given = request.idempotency_key;
    if (given.empty()) {
        return std::nullopt;
    }
    if (given.size() < 8 || given.size() > 128 ||
        !std::ranges::all_of(given, [](char c) { return c > ' ' && c < '\x7f'; })) {
        throw Error::invalid("Idempotency-Key", "http.idempotency_key");
    }
    crypto::Sha256 key;
    // In the style of OAuth whoever calls is known by the header, and one who shows another is somebody else.
    add_part(key, caller.signed_in() ? std::to_string(caller.account.value) : caller.authorization);
    add_part(key, given);
    crypto::Sha256 fingerprint;
    add_part(fingerprint, request.method);
    add_part(fingerprint, request.target);
    add_part(fingerprint, request.body);
    add_part(fingerprint, request.upload ? std::to_string(request.upload->bytes) : std::string());
    return RepeatKey{.key = key.finish(), .fingerprint = fingerprint.finish()};
}

std::optional<Response> KeptAnswers::claim(sql::Tx& tx, const RepeatKey& repeat) const {
    const auto now = clock_.now();
    const auto inserted = tx.execute(R"(INSERT INTO kept_answer (key, fingerprint, answer, claimed_at)
                                        VALUES ($1, $2, NULL, $3) ON CONFLICT DO NOTHING)",
                                     repeat.key,
                                     repeat.fingerprint,
                                     now);
    if (inserted == 1) {
        return std::nullopt;
    }
    const auto row =
        tx.find<Row>("SELECT fingerprint, answer, claimed_at FROM kept_answer WHERE key = $1", repeat.key);
    if (row && !std::ranges::equal(row->fingerprint, repeat.fingerprint)) {
        throw Error(Fault::conflict, "http.key_reused");
    }
    if (row && row->answer) {
        return unpack(cipher_.open(*row->answer, place_of(repeat.key)));
    }
    const auto taken_over =
        row && row->claimed_at < now - kUnderWay &&
        tx.execute(
            "UPDATE kept_answer SET claimed_at = $2 WHERE key = $1 AND claimed_at = $3 AND answer IS NULL",
            repeat.key,
            now,
            row->claimed_at) == 1;
    if (!taken_over) {
        throw Error(Fault::conflict, "http.under_way").retry_after(1s);
    }
    return std::nullopt;
}

void KeptAnswers::keep(sql::Tx& tx, const RepeatKey& repeat, const Response& response) const {
    tx.execute("UPDATE kept_answer SET answer = $2 WHERE key = $1",
               repeat.key,
               cipher_.seal(pack(response), place_of(repeat.key)));
}

void KeptAnswers::give_up(sql::Tx& tx, const RepeatKey& repeat) const {
    tx.execute("DELETE FROM kept_answer WHERE key = $1 AND answer IS NULL", repeat.key);
}

std::int64_t KeptAnswers::sweep(sql::Tx& tx) const {
    return tx.execute("DELETE FROM kept_answer WHERE claimed_at < $1", clock_.now() - kKeep);
}

}  // namespace educard::http
