#pragma once
// The Tx of every engine: statements on a connection, and what is to happen after the commit.

#include "sql/sql.hpp"

#include <exception>
#include <functional>
#include <utility>
#include <vector>

namespace educard::sql {

/// `Connection` has a `run`, an `insert` and a `take_time` like those of Tx, and a `post` where sending a
/// statement does not mean waiting for it.
template <class Connection>
class Transaction final : public Tx {
public:
    explicit Transaction(Connection& connection) : connection_(connection) {}

    void insert(const Rows& rows) override {
        guarded([&] { connection_.insert(rows); });
    }
    void take_time() override {
        guarded([&] { connection_.take_time(); });
    }
    void after_commit(std::move_only_function<void()> action) override {
        actions_.push_back(std::move(action));
    }

    /// Rethrows the fault of a statement whose exception the function swallowed.
    void require_sound() const {
        if (fault_) {
            std::rethrow_exception(fault_);
        }
    }
    /// What the first statement that failed threw, or null.
    const std::exception_ptr& fault() const { return fault_; }
    std::vector<std::move_only_function<void()>> take_actions() { return std::move(actions_); }

private:
    std::int64_t run(std::string_view statement,
                     std::span<const Parameter> parameters,
                     const std::function<void(const Row&)>& use) override {
        return guarded([&] { return connection_.run(statement, parameters, use); });
    }
    void send(std::string_view statement, std::span<const Parameter> parameters) override {
        guarded([&] {
            if constexpr (requires { connection_.post(statement, parameters); }) {
                connection_.post(statement, parameters);
            } else {
                connection_.run(statement, parameters, nullptr);
            }
        });
    }

    template <class Action>
    auto guarded(Action action) {
        require_sound();
        try {
            return action();
        } catch (...) {
            fault_ = std::current_exception();
            throw;
        }
    }

    Connection& connection_;
    std::exception_ptr fault_;
    std::vector<std::move_only_function<void()>> actions_;
};

}  // namespace educard::sql
