// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/measuring_transport.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/worker/monitoring/worker_metrics.h"

namespace scriptworker::worker {
namespace {

class CountingSource final : public http::BodySource {
 public:
  explicit CountingSource(http::BodySource& inner) : inner_(inner) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    absl::StatusOr<size_t> size = inner_.Read(buffer);
    if (size.ok()) count_ += static_cast<int64_t>(*size);
    return size;
  }
  absl::Status Rewind() override { return inner_.Rewind(); }
  int64_t size() const override { return inner_.size(); }
  int64_t count() const { return count_; }

 private:
  http::BodySource& inner_;
  int64_t count_ = 0;
};

class CountingSink final : public http::BodySink {
 public:
  explicit CountingSink(http::BodySink& inner) : inner_(inner) {}
  absl::Status Write(std::string_view data) override {
    count_ += static_cast<int64_t>(data.size());
    return inner_.Write(data);
  }
  absl::Status Restart() override { return inner_.Restart(); }
  int64_t count() const { return count_; }

 private:
  http::BodySink& inner_;
  int64_t count_ = 0;
};

}  // namespace

absl::StatusOr<http::Response> MeasuringTransport::Send(const http::Request& request) {
  std::optional<CountingSource> source;
  std::optional<CountingSink> sink;
  http::Request measured = request;
  if (request.body_source != nullptr) {
    measured.body_source = &source.emplace(*request.body_source);
  }
  if (request.sink != nullptr) measured.sink = &sink.emplace(*request.sink);
  absl::StatusOr<http::Response> result = inner_.Send(measured);
  int64_t received = sink.has_value() ? sink->count() : 0;
  if (result.ok()) received += static_cast<int64_t>(result->body.size());
  metrics_.CountAttempt(
      request, source.has_value() ? source->count() : static_cast<int64_t>(request.body.size()),
      result, received);
  return result;
}

}  // namespace scriptworker::worker
