// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/get_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/descriptors_left.h"
#include "scriptworker/base/testing/refused_calls.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/listener.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::StatusIs;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A connection from outside, blocking.
class Client {
 public:
  explicit Client(const GetServer& server) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(server.address().substr(server.address().rfind(':') + 1), &port));
    address.sin_port = htons(static_cast<uint16_t>(port));
    EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  void Send(std::string_view text) const {
    EXPECT_EQ(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // To the end of the connection, or for 30 s.
  std::string Receive() const {
    std::string all;
    char buffer[4096];
    pollfd polled = {.fd = fd_.get(), .events = POLLIN, .revents = 0};
    while (::poll(&polled, 1, 30'000) == 1) {
      const ssize_t size = ::recv(fd_.get(), buffer, sizeof(buffer), 0);
      if (size <= 0) return all;
      all.append(buffer, static_cast<size_t>(size));
    }
    return all + "[still open]";
  }

 private:
  const UniqueFd fd_;
};

// The processor time that this process has used.
absl::Duration UsedTime() {
  rusage usage = {};
  EXPECT_EQ(::getrusage(RUSAGE_SELF, &usage), 0);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

class GetServerTest : public testing::Test {
 protected:
  static GetServer::Answer Echo(std::string_view path) {
    if (path == "/big") return {.body = std::string(size_t{8} << 20, 'x')};
    if (path == "/down") return {.status = 503, .body = "down\n"};
    return {.body = absl::StrCat("you asked for ", path, "\n")};
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  const std::unique_ptr<GetServer> owned_ =
      GetServer::Start(Listener::ListenOnTcp("127.0.0.1:0").value(), &Echo, clock_).value();
  const GetServer& server_ = *owned_;
};

TEST_F(GetServerTest, AnswersAndClosesTheConnection) {
  const Client client(server_);
  client.Send("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client.Receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 23\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nyou asked for /metrics\n"));
}

TEST_F(GetServerTest, IsAnErrorWhereTheMachineHasNoThreadToGive) {
  const bool refused = RunWithRefusedCalls({SYS_clone, SYS_clone3}, EAGAIN, [&] {
    EXPECT_THAT(
        GetServer::Start(Listener::ListenOnTcp("127.0.0.1:0").value(), &Echo, clock_).status(),
        StatusIs(absl::StatusCode::kResourceExhausted));
  });
  if (!refused) GTEST_SKIP() << "SKIPPED: this kernel has no filters of system calls";
}

TEST_F(GetServerTest, SaysTheHandlersStatus) {
  const Client client(server_);
  client.Send("GET /down HTTP/1.0\n\n");
  EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(GetServerTest, ARequestMayComeInPieces) {
  const Client client(server_);
  for (const char c : std::string_view("GET /slow HTTP/1.1\r\n\r\n")) {
    client.Send(std::string_view(&c, 1));
  }
  EXPECT_THAT(client.Receive(), EndsWith("you asked for /slow\n"));
}

TEST_F(GetServerTest, ALongAnswerArrivesWhole) {
  const Client client(server_);
  client.Send("GET /big HTTP/1.1\r\n\r\n");
  const std::string answer = client.Receive();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, size_t{8} << 20);
}

TEST_F(GetServerTest, OtherRequestsAreRefused) {
  const Client post(server_);
  post.Send("POST / HTTP/1.1\r\n\r\n");
  const std::string answer = post.Receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET\r\n"));
  const Client nonsense(server_);
  nonsense.Send("nonsense\n\n");
  EXPECT_THAT(nonsense.Receive(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(GetServerTest, ARequestWithoutEndIsRefused) {
  const Client client(server_);
  client.Send(absl::StrCat("GET / HTTP/1.1\r\n", std::string(GetServer::kMaxRequest, 'a')));
  EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(GetServerTest, ALongRequestIsRefusedEvenIfItHasAnEnd) {
  const std::string line = "GET / HTTP/1.1\r\nX: ";
  const std::string end = "\r\n\r\n";
  const size_t rest = GetServer::kMaxRequest - line.size() - end.size();
  const Client longest(server_);
  longest.Send(absl::StrCat(line, std::string(rest, 'a'), end));
  EXPECT_THAT(longest.Receive(), StartsWith("HTTP/1.1 200 OK\r\n"));
  const Client longer(server_);
  longer.Send(absl::StrCat(line, std::string(rest + 1, 'a'), end));
  EXPECT_THAT(longer.Receive(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(GetServerTest, WhoeverDripsIsCutOffAfterFiveSeconds) {
  const Client client(server_);
  client.Send("GET / HT");
  const Client other(server_);  // is served: the first one has been accepted
  other.Send("GET / HTTP/1.1\r\n\r\n");
  other.Receive();
  clock_.AdvanceTime(absl::Seconds(4));
  client.Send("TP");
  clock_.AdvanceTime(absl::Seconds(1));
  EXPECT_EQ(client.Receive(), "");
}

TEST_F(GetServerTest, OpenConnectionsKeepNobodyOut) {
  std::vector<std::unique_ptr<Client>> idle;
  for (size_t i = 0; i < 3 * GetServer::kMaxConnections; ++i) {
    idle.push_back(std::make_unique<Client>(server_));
  }
  const Client client(server_);
  client.Send("GET /healthz HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.Receive(), EndsWith("you asked for /healthz\n"));
  EXPECT_EQ(idle.front()->Receive(), "");  // the oldest gave way
}

TEST_F(GetServerTest, AClientThatGoesAwayIsForgotten) {
  {
    const Client client(server_);
    client.Send("GET /big HTTP/1.1\r\n\r\n");
  }
  const Client next(server_);
  next.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(next.Receive(), EndsWith("you asked for /\n"));
}

TEST_F(GetServerTest, WithoutADescriptorItWaitsAndThenAnswers) {
  const GetServer& server = server_;  // of the fixture, which UBSan wants a pipe to look at
  std::optional<DescriptorsLeft> limit(1);
  const Client client(server);  // has the last one: the server cannot accept it
  client.Send("GET /late HTTP/1.1\r\n\r\n");
  const absl::Duration before = UsedTime();
  absl::SleepFor(absl::Seconds(1));
  EXPECT_LT(UsedTime() - before, absl::Milliseconds(200));
  limit.reset();
  EXPECT_THAT(client.Receive(), EndsWith("you asked for /late\n"));
}

}  // namespace
}  // namespace scriptworker::http
