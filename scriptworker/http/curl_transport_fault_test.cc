// SPDX-License-Identifier: MPL-2.0
//
// What a server, a network or an attacker may do to a transfer, and which error
// it must become.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/testing/compress.h"
#include "scriptworker/http/testing/fake_server.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::TestWithParam;
using ::testing::ValuesIn;
using Fault = FakeResponse::Fault;

std::unique_ptr<CurlTransport> NewTransport(CurlOptions options = {}) {
  return CurlTransport::Create(std::move(options)).value();
}

FakeServer::Handler Always(FakeResponse response) {
  return InTurn(std::vector<FakeResponse>{std::move(response)});
}

Headers HugeHeaders() {
  Headers headers;
  for (int i = 0; i < 270; ++i) headers.Add("X", std::string(1000, 'x'));
  return headers;
}

struct FaultCase {
  std::string_view name;
  FakeResponse response;
  absl::StatusCode code;
  std::string_view message;
};

class FaultTest : public TestWithParam<FaultCase> {};

TEST_P(FaultTest, BecomesAnErrorThatNamesTheUrl) {
  FakeServer server(Always(GetParam().response));
  Request request;
  request.url = server.url("/artifact?bewit=hidden");
  EXPECT_THAT(NewTransport()->Send(request).status(),
              StatusIs(GetParam().code,
                       AllOf(HasSubstr(absl::StrCat("GET ", server.url("/artifact?").ToString())),
                             Not(HasSubstr("hidden")), HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultTest,
    ValuesIn<FaultCase>({
        {.name = "Reset",
         .response = {.fault = Fault::kReset},
         .code = absl::StatusCode::kUnavailable,
         .message = "reset"},
        {.name = "Close",
         .response = {.fault = Fault::kClose},
         .code = absl::StatusCode::kUnavailable,
         .message = "Empty reply"},
        {.name = "TruncatedBody",
         .response = {.body = "0123456789", .fault = Fault::kTruncate},
         .code = absl::StatusCode::kDataLoss,
         .message = "5 bytes missing"},
        {.name = "TruncatedChunk",
         .response = {.body = "0123456789", .chunked = true, .fault = Fault::kTruncate},
         .code = absl::StatusCode::kDataLoss,
         .message = ""},
        {.name = "ResetInTheBody",
         .response = {.body = "0123456789", .fault = Fault::kResetInBody},
         .code = absl::StatusCode::kUnavailable,
         .message = "reset"},
        {.name = "LengthTooLarge",
         .response = {.body = "short", .content_length = 50, .close = true},
         .code = absl::StatusCode::kDataLoss,
         .message = "45 bytes missing"},
        {.name = "TwoLengths",
         .response = {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                             "Content-Length: 3\r\n\r\nabc"},
         .code = absl::StatusCode::kDataLoss,
         .message = "two lengths: Content-Length 2 and 3"},
        {.name = "NegativeLength",
         .response = {.raw = "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n"},
         .code = absl::StatusCode::kUnavailable,
         .message = ""},
        {.name = "NoHttp",
         .response = {.raw = "SSH-2.0-OpenSSH_9.2\r\n"},
         .code = absl::StatusCode::kUnavailable,
         .message = "HTTP/0.9"},
        {.name = "ImpossibleStatus",
         .response = {.raw = "HTTP/1.1 099 x\r\nContent-Length: 1\r\n\r\nx"},
         .code = absl::StatusCode::kUnavailable,
         .message = "Unsupported response code"},
        {.name = "SwitchesProtocolsUnasked",
         .response = {.raw = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n"
                             "Connection: Upgrade\r\n\r\nbody of no response"},
         .code = absl::StatusCode::kDataLoss,
         .message = "the status 101"},
        {.name = "SwitchesProtocolsAndCloses",
         .response = {.raw = "HTTP/1.1 101 Switching Protocols\r\n\r\n"},
         .code = absl::StatusCode::kUnavailable,
         .message = "Empty reply"},
        {.name = "TruncatedGzip",
         .response = {.headers = {{"Content-Encoding", "gzip"}},
                      .body = Compress("0123456789").substr(0, 20)},
         .code = absl::StatusCode::kDataLoss,
         .message = "the gzip body is cut after 20 bytes"},
        {.name = "UndecodableBody",
         .response = {.headers = {{"Content-Encoding", "gzip"}}, .body = "<html>no gzip</html>"},
         .code = absl::StatusCode::kDataLoss,
         .message = "the body is no gzip"},
        {.name = "UnknownCoding",
         .response = {.headers = {{"Content-Encoding", "br"}}, .body = "x"},
         .code = absl::StatusCode::kDataLoss,
         .message = "\"br\""},
        {.name = "GzipBomb",
         .response = {.headers = {{"Content-Encoding", "gzip"}},
                      .body = Compress(std::string(16 << 20, '\0'))},
         .code = absl::StatusCode::kResourceExhausted,
         .message = "more than 200 times"},
        {.name = "HugeHeader",
         .response = {.headers = HugeHeaders()},
         .code = absl::StatusCode::kResourceExhausted,
         .message = "the cap of 262144 bytes"},
        {.name = "DeclaredTooLarge",
         .response = {.body = "x", .content_length = int64_t{1} << 40},
         .code = absl::StatusCode::kResourceExhausted,
         .message = "the body of 1099511627776 bytes is larger than the cap"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(CurlTransportFaultTest, AShorterLengthThanTheBodyCutsIt) {
  // The rest belongs to no response; the connection is not used again.
  FakeServer server(Always({.body = "0123456789", .content_length = 4}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  Request request;
  request.url = server.url("/");
  for (int i = 0; i < 3; ++i) {
    absl::StatusOr<Response> response = transport->Send(request);
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->body, "0123");
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(CurlTransportFaultTest, AnInterimResponseIsNoAnswerToHead) {
  FakeServer server(Always({.raw = "HTTP/1.1 101 Switching Protocols\r\n\r\n"}));
  Request request;
  request.method = Method::kHead;
  request.url = server.url("/");
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("Empty reply")));
}

TEST(CurlTransportFaultTest, AStatusLineWithinAHeadIsNone) {
  FakeServer server(Always({.raw = "HTTP/1.1 200 OK\r\nX-First: 1\r\nHTTP/1.1 100: x\r\n \r\n"
                                   "X-Last: 2\r\nContent-Length: 4\r\n\r\nbody"}));
  Request request;
  request.url = server.url("/");
  const absl::StatusOr<Response> response = NewTransport()->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_TRUE(response->headers.contains("X-First"));
  EXPECT_TRUE(response->headers.contains("X-Last"));
  EXPECT_EQ(response->body, "body");
}

TEST(CurlTransportFaultTest, AnEndlessBodyEndsAtTheCap) {
  FakeServer server(Always(
      {.body = std::string(1 << 20, 'x'), .chunked = true, .repeat_body = int64_t{1} << 40}));
  Request request;
  request.url = server.url("/");
  request.max_body_bytes = 10 << 20;
  EXPECT_THAT(NewTransport()->Send(request), StatusIs(absl::StatusCode::kResourceExhausted,
                                                      HasSubstr("the cap of 10485760 bytes")));
}

TEST(CurlTransportFaultTest, AnErrorsBodyHasASmallerCap) {
  FakeServer server(Always({.status = 500,
                            .body = std::string(1 << 20, 'x'),
                            .chunked = true,
                            .repeat_body = int64_t{1} << 40}));
  StringSink sink;
  Request request;
  request.url = server.url("/");
  request.sink = &sink;
  request.max_body_bytes = int64_t{1} << 40;
  EXPECT_THAT(NewTransport()->Send(request), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(CurlTransportFaultTest, NobodyListens) {
  Request request;
  {
    FakeServer server(Always({}));
    request.url = server.url("/");
  }
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(request.url.ToString()), HasSubstr("connect"))));
}

TEST(CurlTransportFaultTest, UnknownHost) {
  Request request;
  request.url = Url::Parse("http://no-such-host.invalid/").value();
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no-such-host.invalid")));
}

TEST(CurlTransportFaultTest, SilenceEndsAtTheTotalTimeout) {
  for (const Fault fault : {Fault::kHang, Fault::kHangInBody}) {
    FakeServer server(Always({.body = "0123456789", .fault = fault}));
    Request request;
    request.url = server.url("/");
    request.total_timeout = absl::Milliseconds(50);
    EXPECT_THAT(NewTransport()->Send(request),
                StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("timed out")));
  }
}

TEST(CurlTransportFaultTest, TheTotalTimeoutHoldsForAllHopsTogether) {
  FakeServer server([](const FakeRequest&) {
    absl::SleepFor(absl::Milliseconds(30));
    return FakeResponse{.status = 302, .headers = {{"Location", "/again"}}};
  });
  Request request;
  request.url = server.url("/");
  request.redirects = Request::Redirects::kFollow;
  request.max_redirects = 1000;
  request.total_timeout = absl::Milliseconds(100);
  EXPECT_THAT(NewTransport()->Send(request), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_LE(server.requests().size(), 5);
}

TEST(CurlTransportFaultTest, ASlowDripEndsAtTheLowSpeedLimit) {
  FakeServer server(Always({.body = std::string(100'000, 'x'),
                            .fault = Fault::kDrip,
                            .drip_interval = absl::Milliseconds(20)}));
  Request request;
  request.url = server.url("/");
  request.low_speed_bytes_per_second = 10'000;
  request.low_speed_time = absl::Seconds(1);
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("too slow")));
}

TEST(CurlTransportFaultTest, CancellationEndsABlockedTransferAtOnce) {
  absl::Notification received;
  FakeServer server([&](const FakeRequest&) {
    received.Notify();
    return FakeResponse{.fault = Fault::kHang};
  });
  CancellationSource source;
  Request request;
  request.url = server.url("/");
  request.cancellation = source.token();
  absl::Time cancelled;
  std::thread canceller([&] {
    received.WaitForNotification();
    cancelled = absl::Now();
    source.Cancel(absl::AbortedError("the claim was lost"));
  });
  const auto transport = NewTransport();
  const absl::StatusOr<Response> response = transport->Send(request);
  const absl::Time returned = absl::Now();
  canceller.join();
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kAborted, "the claim was lost"));
  // libcurl by itself would look once a second.
  EXPECT_LT(returned - cancelled, absl::Milliseconds(900));
}

TEST(CurlTransportFaultTest, ACancelledRequestIsNotSent) {
  FakeServer server(Always({}));
  CancellationSource source;
  source.Cancel(absl::CancelledError("shut down"));
  Request request;
  request.url = server.url("/");
  request.cancellation = source.token();
  EXPECT_THAT(NewTransport()->Send(request), StatusIs(absl::StatusCode::kCancelled, "shut down"));
  EXPECT_EQ(server.connections(), 0);
}

class FailingSink : public BodySink {
 public:
  absl::Status Write(std::string_view) override {
    return absl::ResourceExhaustedError("disk full");
  }
  absl::Status Restart() override { return absl::OkStatus(); }
};

TEST(CurlTransportFaultTest, TheSinksErrorIsTheResult) {
  FakeServer server(Always({.body = "x"}));
  FailingSink sink;
  Request request;
  request.url = server.url("/");
  request.sink = &sink;
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("disk full")));
}

// Claims more than it gives, or fails.
class BrokenSource : public BodySource {
 public:
  explicit BrokenSource(absl::Status error) : error_(std::move(error)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    if (left_ == 0 && !error_.ok()) return error_;
    const size_t size = std::min(left_, buffer.size());
    left_ -= size;
    return size;
  }
  absl::Status Rewind() override { return absl::OkStatus(); }
  int64_t size() const override { return 1000; }

 private:
  size_t left_ = 500;
  absl::Status error_;
};

TEST(CurlTransportFaultTest, AShortSourceIsDataLoss) {
  FakeServer server(Always({}));
  BrokenSource source((absl::OkStatus()));
  Request request;
  request.method = Method::kPut;
  request.url = server.url("/");
  request.body_source = &source;
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ended after 500 of 1000 bytes")));
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlTransportFaultTest, TheSourcesErrorIsTheResult) {
  FakeServer server(Always({}));
  BrokenSource source(absl::PermissionDeniedError("cannot read"));
  Request request;
  request.method = Method::kPut;
  request.url = server.url("/");
  request.body_source = &source;
  EXPECT_THAT(NewTransport()->Send(request),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("cannot read")));
}

TEST(CurlTransportFaultTest, TheTransportWorksAfterEachFault) {
  FakeServer server(InTurn({{.fault = Fault::kReset},
                            {.body = "xx", .fault = Fault::kTruncate},
                            {.body = "xx", .content_length = 1},
                            {.body = "fine"}}));
  const std::unique_ptr<CurlTransport> transport = NewTransport();
  Request request;
  request.url = server.url("/");
  EXPECT_THAT(transport->Send(request), Not(IsOk()));
  EXPECT_THAT(transport->Send(request), Not(IsOk()));
  EXPECT_THAT(transport->Send(request), IsOk());
  absl::StatusOr<Response> response = transport->Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "fine");
}

}  // namespace
}  // namespace scriptworker::http
