#include "sql/postgres/messenger.hpp"

#include "sql/postgres/connect.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace educard::sql::postgres {

namespace {

using namespace std::chrono_literals;

constexpr auto kGather = 5ms;
constexpr auto kReconnect = 500ms;
constexpr auto kIdle = 10s;  // after which the connection is tried, so that a dead one is noticed
constexpr std::size_t kMaxWaiting = 10'000;
constexpr std::size_t kMaxPayload = 7'900;  // NOTIFY takes 8,000 octets

}  // namespace

/// One connection that listens, from when it is made until it breaks.
class Messenger::Session {
public:
    explicit Session(const Options& options) : handle_(connect(options, Via::directly)) {
        const auto channel = "educard" + (options.schema.empty() ? std::string() : "_" + options.schema);
        listens_ = PQstatus(handle_.get()) == CONNECTION_OK && command(("LISTEN " + channel).c_str());
        notify_ = "SELECT pg_notify('" + channel + "', $1)";
        if (!listens_) {
            spdlog::warn("postgres: cannot listen: {}", PQerrorMessage(handle_.get()));
        }
    }

    bool is_alive() const { return listens_ && PQstatus(handle_.get()) == CONNECTION_OK; }
    int socket() const { return PQsocket(handle_.get()); }
    void probe() { command("SELECT 1"); }

    /// All in one transaction.
    void notify(const std::vector<std::string>& messages) {
        if (messages.empty()) {
            return;
        }
        bool sent = command("BEGIN");
        for (const auto& message : messages) {
            const char* value = message.c_str();
            const ResultHandle result(
                PQexecParams(handle_.get(), notify_.c_str(), 1, nullptr, &value, nullptr, nullptr, 0));
            sent = sent && PQresultStatus(result.get()) == PGRES_TUPLES_OK;
        }
        if (!command("COMMIT") || !sent) {
            spdlog::warn("postgres: cannot notify: {}", PQerrorMessage(handle_.get()));
        }
    }

    template <class Use>
    void receive(Use use) {
        PQconsumeInput(handle_.get());
        while (PGnotify* notification = PQnotifies(handle_.get())) {
            if (notification->be_pid != PQbackendPID(handle_.get())) {
                use(std::string(notification->extra));
            }
            PQfreemem(notification);
        }
    }

private:
    bool command(const char* statement) {
        const ResultHandle result(PQexec(handle_.get(), statement));
        const auto status = PQresultStatus(result.get());
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    }

    ConnectionHandle handle_;
    bool listens_ = false;
    std::string notify_;
};

Messenger::Messenger(const Options& options)
    : options_(options), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_([this] { loop(); }) {}

Messenger::~Messenger() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake();
    thread_.join();
    ::close(wake_);
}

void Messenger::wake() const {
    const std::uint64_t one = 1;
    if (::write(wake_, &one, sizeof(one)) < 0 && errno != EAGAIN) {
        spdlog::error("eventfd: {}", errno);
    }
}

void Messenger::tell(std::string message) {
    if (message.size() > kMaxPayload) {
        spdlog::error("a message of {} octets is too long for other nodes", message.size());
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= kMaxWaiting) {
            return;
        }
        waiting_.push_back(std::move(message));
        if (waiting_.size() > 1) {
            return;
        }
    }
    wake();
}

void Messenger::hear(Hear hear) {
    const std::lock_guard lock(hearing_);
    hear_ = std::move(hear);
}

/// What is to be told now; nothing when it is time to end. Without a connection it is dropped.
std::optional<std::vector<std::string>> Messenger::take() {
    const std::lock_guard lock(mutex_);
    const bool connected = session_ && session_->is_alive();
    if (stopping_ && (waiting_.empty() || !connected)) {
        return std::nullopt;
    }
    auto taken = std::exchange(waiting_, {});
    if (!connected) {
        taken.clear();
    }
    return taken;
}

void Messenger::pass_on(std::optional<std::string> message) {
    const std::lock_guard lock(hearing_);
    if (hear_) {
        hear_(std::move(message));
    }
}

bool Messenger::connect_again() {
    missed_ = missed_ || session_ != nullptr;
    session_ = std::make_unique<Session>(options_);
    if (!session_->is_alive()) {
        return false;
    }
    if (std::exchange(missed_, false)) {
        pass_on(std::nullopt);
    }
    return true;
}

/// Until there is something to hear or to tell; then a little longer, as more to tell usually follows.
void Messenger::wait_and_receive() {
    std::array watched = {pollfd{.fd = wake_, .events = POLLIN, .revents = 0},
                          pollfd{.fd = session_->socket(), .events = POLLIN, .revents = 0}};
    if (::poll(watched.data(), watched.size(), static_cast<int>(std::chrono::milliseconds(kIdle).count())) ==
        0) {
        session_->probe();
    }
    session_->receive([this](std::string message) { pass_on(std::move(message)); });
    if ((watched[0].revents & POLLIN) != 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto read = ::read(wake_, &count, sizeof(count));
        std::this_thread::sleep_for(kGather);
    }
}

void Messenger::loop() {
    while (const auto messages = take()) {
        if ((!session_ || !session_->is_alive()) && !connect_again()) {
            pollfd woken{.fd = wake_, .events = POLLIN, .revents = 0};
            ::poll(&woken, 1, static_cast<int>(std::chrono::milliseconds(kReconnect).count()));
            continue;
        }
        session_->notify(*messages);
        wait_and_receive();
    }
}

}  // namespace educard::sql::postgres
