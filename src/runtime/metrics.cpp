#include "runtime/metrics.hpp"

#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace educard {

namespace {

std::map<std::string, std::string> as_map(const Metrics::Labels& labels) {
    return {labels.begin(), labels.end()};
}

}  // namespace

struct Metrics::Registry {
    struct Asked {
        prometheus::Gauge* gauge;
        std::function<double()> value;
    };
    prometheus::Registry families;
    std::mutex mutex;
    std::vector<Asked> asked;
};

void Counter::add(double amount) {
    inner_->Increment(amount);
}

double Counter::value() const {
    return inner_->Value();
}

void Histogram::observe(double value) {
    inner_->Observe(value);
}

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {}

Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry_->families);
    return Counter(family.Add(as_map(labels)));
}

Histogram Metrics::seconds(const std::string& name, const std::string& help, const Labels& labels) {
    static const prometheus::Histogram::BucketBoundaries kBuckets = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_->families);
    return Histogram(family.Add(as_map(labels), kBuckets));
}

Histogram Metrics::counts(const std::string& name, const std::string& help, const Labels& labels) {
    static const prometheus::Histogram::BucketBoundaries kBuckets = {1, 2, 4, 8, 16, 32, 64, 128, 256};
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry_->families);
    return Histogram(family.Add(as_map(labels), kBuckets));
}

void Metrics::gauge(const std::string& name,
                    const std::string& help,
                    std::function<double()> value,
                    const Labels& labels) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry_->families);
    const std::lock_guard lock(registry_->mutex);
    registry_->asked.push_back({&family.Add(as_map(labels)), std::move(value)});
}

std::string Metrics::text() {
    {
        const std::lock_guard lock(registry_->mutex);
        for (const auto& asked : registry_->asked) {
            asked.gauge->Set(asked.value());
        }
    }
    return prometheus::TextSerializer().Serialize(registry_->families.Collect());
}

}  // namespace educard
