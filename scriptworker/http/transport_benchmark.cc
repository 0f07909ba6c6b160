// SPDX-License-Identifier: MPL-2.0
//
//   tools/bazel run --config=opt //scriptworker/http:transport_benchmark
//
// Over loopback, with a server in the same process. CPU is that of the client's thread alone, but
// the kernel's share of a loopback transfer is in it. peak_rss_MiB is the whole process's, server
// included.

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/testing/fake_server.h"

namespace scriptworker::http {
namespace {

constexpr int64_t kGibibyte = int64_t{1} << 30;

double PeakRssMebibytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

FakeServer::Handler Always(FakeResponse response) {
  return InTurn(std::vector<FakeResponse>{std::move(response)});
}

// A request as the queue gets it: small JSON both ways.
void BM_SmallRequest(benchmark::State& state) {
  FakeServer server(
      Always({.headers = {{"Content-Type", "application/json"}}, .body = std::string(500, ' ')}),
      {.discard_bodies = true});
  const std::unique_ptr<CurlTransport> transport = CurlTransport::Create({}).value();
  Request request;
  request.method = Method::kPost;
  request.url = server.url("/api/queue/v1/claim-work/proj%2Fworker");
  request.headers = {{"Content-Type", "application/json"}};
  request.body = R"({"workerGroup":"group","workerId":"worker","tasks":1})";
  for (auto _ : state) {
    CHECK_OK(transport->Send(request));
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["peak_rss_MiB"] = PeakRssMebibytes();
}
BENCHMARK(BM_SmallRequest);

class CountingSink final : public BodySink {
 public:
  absl::Status Write(std::string_view data) override {
    bytes += static_cast<int64_t>(data.size());
    return absl::OkStatus();
  }
  absl::Status Restart() override {
    bytes = 0;
    return absl::OkStatus();
  }
  int64_t bytes = 0;
};

void BM_DownloadGibibyte(benchmark::State& state) {
  FakeServer server(Always({.body = std::string(1 << 16, 'x'), .repeat_body = kGibibyte >> 16}));
  const std::unique_ptr<CurlTransport> transport = CurlTransport::Create({}).value();
  for (auto _ : state) {
    CountingSink sink;
    Request request;
    request.url = server.url("/artifact");
    request.sink = &sink;
    request.max_body_bytes = kGibibyte;
    CHECK_OK(transport->Send(request));
    CHECK_EQ(sink.bytes, kGibibyte);
  }
  state.SetBytesProcessed(state.iterations() * kGibibyte);
  state.counters["peak_rss_MiB"] = PeakRssMebibytes();
}
BENCHMARK(BM_DownloadGibibyte)->Unit(benchmark::kMillisecond)->Iterations(3);

class CountingSource final : public BodySource {
 public:
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const auto size = static_cast<size_t>(
        std::min<int64_t>(kGibibyte - sent_, static_cast<int64_t>(buffer.size())));
    sent_ += static_cast<int64_t>(size);
    return size;
  }
  absl::Status Rewind() override {
    sent_ = 0;
    return absl::OkStatus();
  }
  int64_t size() const override { return kGibibyte; }

 private:
  int64_t sent_ = 0;
};

void BM_UploadGibibyte(benchmark::State& state) {
  FakeServer server(Always({}), {.discard_bodies = true});
  const std::unique_ptr<CurlTransport> transport = CurlTransport::Create({}).value();
  for (auto _ : state) {
    CountingSource source;
    Request request;
    request.method = Method::kPut;
    request.url = server.url("/artifact");
    request.body_source = &source;
    CHECK_OK(transport->Send(request));
  }
  state.SetBytesProcessed(state.iterations() * kGibibyte);
  state.counters["peak_rss_MiB"] = PeakRssMebibytes();
}
BENCHMARK(BM_UploadGibibyte)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
}  // namespace scriptworker::http
