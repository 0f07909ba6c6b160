// SPDX-License-Identifier: MPL-2.0
//
// Memory does not grow with the size of a streamed body.

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/testing/fake_server.h"

// Under the address sanitizer, which calls this: freed memory is to be used again soon.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "quarantine_size_mb=1";
}

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;

constexpr int64_t kBodyBytes = int64_t{256} << 20;
constexpr int64_t kMaxGrowthBytes = int64_t{16} << 20;

int64_t PeakRssBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} << 10;
}

class CountingSink final : public BodySink {
 public:
  absl::Status Write(std::string_view data) override {
    bytes += static_cast<int64_t>(data.size());
    return absl::OkStatus();
  }
  absl::Status Restart() override { return absl::OkStatus(); }
  int64_t bytes = 0;
};

class CountingSource final : public BodySource {
 public:
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const auto size =
        static_cast<size_t>(std::min(kBodyBytes - sent_, static_cast<int64_t>(buffer.size())));
    sent_ += static_cast<int64_t>(size);
    return size;
  }
  absl::Status Rewind() override { return absl::OkStatus(); }
  int64_t size() const override { return kBodyBytes; }

 private:
  int64_t sent_ = 0;
};

TEST(CurlTransportMemoryTest, StaysFlatInBothDirections) {
  const FakeResponse large = {.body = std::string(1 << 16, 'x'), .repeat_body = kBodyBytes >> 16};
  FakeServer server(InTurn({FakeResponse{.body = "x"}, large}), {.discard_bodies = true});
  const std::unique_ptr<CurlTransport> transport = CurlTransport::Create({}).value();
  CountingSink sink;
  CountingSource source;
  Request request;
  request.url = server.url("/");
  request.sink = &sink;
  request.max_body_bytes = kBodyBytes;
  ASSERT_THAT(transport->Send(request), IsOk());

  const int64_t before = PeakRssBytes();
  request.method = Method::kPut;
  request.body_source = &source;
  ASSERT_THAT(transport->Send(request), IsOk());
  EXPECT_EQ(sink.bytes, kBodyBytes + 1);
  EXPECT_EQ(server.requests().back().body_size, kBodyBytes);
  EXPECT_LT(PeakRssBytes() - before, kMaxGrowthBytes);
}

}  // namespace
}  // namespace scriptworker::http
