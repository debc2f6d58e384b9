#pragma once
// What /metrics shows (Prometheus text format). Declared at start by whoever counts; counting is wait-free
// from any thread. Handles are cheap to copy and must not outlive their Metrics. Labels come from small fixed
// sets, never from what people type, and never hold personal data.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Histogram;
}  // namespace prometheus

namespace educard {

class Counter {
public:
    explicit Counter(prometheus::Counter& inner) : inner_(&inner) {}
    void add(double amount = 1);
    double value() const;

private:
    prometheus::Counter* inner_;
};

class Histogram {
public:
    explicit Histogram(prometheus::Histogram& inner) : inner_(&inner) {}
    void observe(double value);

private:
    prometheus::Histogram* inner_;
};

class Metrics {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The same name and labels give the same counter. Names end in _total.
    Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
    /// Buckets from 0.5 ms to 30 s. Names end in _seconds.
    Histogram seconds(const std::string& name, const std::string& help, const Labels& labels = {});
    /// Buckets from 1 to 256.
    Histogram counts(const std::string& name, const std::string& help, const Labels& labels = {});
    /// A value that is asked for when somebody looks. `value` may be called on any thread.
    void gauge(const std::string& name,
               const std::string& help,
               std::function<double()> value,
               const Labels& labels = {});

    /// All of it in the text exposition format.
    std::string text();

private:
    struct Registry;
    std::unique_ptr<Registry> registry_;
};

}  // namespace educard
