#pragma once
// Messages between the processes that use one database: LISTEN and NOTIFY on a connection of its own. What is
// to be told is gathered for a few milliseconds and sent in one go, as a NOTIFY in every transaction would
// line up all commits behind one lock (PostgreSQL manual, NOTIFY). Messages that are told while the server is
// away are dropped; when the connection is there again, whoever hears is told that some may have been missed.

#include "sql/postgres/options.hpp"
#include "sql/sql.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace educard::sql::postgres {

class Messenger {
public:
    explicit Messenger(const Options& options);
    ~Messenger();
    Messenger(const Messenger&) = delete;
    Messenger& operator=(const Messenger&) = delete;

    void tell(std::string message);
    /// Waits for a call that is under way.
    void hear(Hear hear);

private:
    class Session;
    void loop();
    void wake() const;
    std::optional<std::vector<std::string>> take();
    void pass_on(std::optional<std::string> message);
    bool connect_again();
    void wait_and_receive();

    const Options& options_;
    int wake_;  // an eventfd
    std::mutex mutex_;
    std::vector<std::string> waiting_;  // under mutex_
    bool stopping_ = false;             // under mutex_
    std::mutex hearing_;                // held while hear_ is called
    Hear hear_;                         // under hearing_
    std::unique_ptr<Session> session_;  // of the thread
    bool missed_ = false;               // of the thread
    std::thread thread_;
};

}  // namespace educard::sql::postgres
