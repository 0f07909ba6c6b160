// SPDX-License-Identifier: MPL-2.0
//
// What the client says when another than a healthy worker answers; monitoring_test
// has the worker's side.

#include "scriptworker/worker/monitoring/status_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/testing/socket_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

class StatusClientTest : public testing::Test {
 protected:
  // Accepts one connection, waits for the question, lets `answer` have the descriptor
  // and closes it when the client has its result.
  absl::StatusOr<json::Value> Ask(absl::FunctionRef<void(UniqueFd&)> answer,
                                  absl::Duration patience = absl::Seconds(60)) {
    const absl::StatusOr<http::Listener> listener = http::Listener::ListenOnUnix(path_);
    EXPECT_THAT(listener, IsOk());
    if (!listener.ok()) return listener.status();
    UniqueFd fd;
    std::thread other([&] {
      while (!fd.valid()) fd.reset(::accept(listener->fd(), nullptr, nullptr));
      pollfd question = {.fd = fd.get(), .events = POLLIN, .revents = 0};
      EXPECT_EQ(::poll(&question, 1, 60'000), 1);
      answer(fd);
    });
    absl::StatusOr<json::Value> result = AskForStatus(path_, patience);
    other.join();
    return result;
  }

  // Reads the question, and says this.
  absl::StatusOr<json::Value> AskWhoSays(std::string_view text) {
    return Ask([text](UniqueFd& fd) {
      char buffer[64];
      EXPECT_GT(::recv(fd.get(), buffer, sizeof(buffer), 0), 0);
      EXPECT_THAT(WriteAll(fd.get(), text, "test"), IsOk());
      fd.reset();
    });
  }

  const SocketDir sockets_;
  const std::string path_ = sockets_.Path("status");
};

TEST_F(StatusClientTest, GivesTheDocument) {
  const absl::StatusOr<json::Value> status =
      AskWhoSays("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"state\": \"idle\"}");
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->Find("state")->string_value(), "idle");
}

TEST_F(StatusClientTest, WithoutASocketNoWorkerListens) {
  EXPECT_THAT(AskForStatus(path_), StatusIs(absl::StatusCode::kUnavailable, HasSubstr(path_)));
}

TEST_F(StatusClientTest, AnotherProgramIsNotTakenForAWorker) {
  for (const std::string_view answer : {"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 404 Not Found\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\n\r\n<html>", "HTTP/1.1 200 OK\r\n"}) {
    EXPECT_THAT(AskWhoSays(answer), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)))
        << answer;
  }
}

TEST_F(StatusClientTest, AnAnswerThatDoesNotEndIsGivenUp) {
  const auto talk = [](UniqueFd& fd) {
    const std::string text(1 << 16, 'x');
    while (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0) {
    }
  };
  EXPECT_THAT(Ask(talk), StatusIs(absl::StatusCode::kDataLoss,
                                  AllOf(HasSubstr(path_), HasSubstr("does not end"))));
}

TEST_F(StatusClientTest, AWorkerThatIsStuckIsNotWaitedFor) {
  // It holds the connection, and says nothing.
  EXPECT_THAT(Ask([](UniqueFd&) {}, absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       AllOf(HasSubstr(path_), HasSubstr("does not answer"))));
}

TEST_F(StatusClientTest, AWorkerThatAcceptsNobodyIsNotWaitedFor) {
  const absl::StatusOr<http::Listener> stuck = http::Listener::ListenOnUnix(path_);
  ASSERT_THAT(stuck, IsOk());
  std::vector<UniqueFd> waiting;
  absl::StatusOr<UniqueFd> connected = http::ConnectToUnix(path_, absl::Milliseconds(50));
  for (; connected.ok(); connected = http::ConnectToUnix(path_, absl::Milliseconds(50))) {
    waiting.push_back(*std::move(connected));
  }
  EXPECT_THAT(AskForStatus(path_, absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       AllOf(HasSubstr(path_), HasSubstr("accepts no connection"))));
}

// Whether it ends before the question comes or before it has read it: a race, so often.
TEST_F(StatusClientTest, AWorkerThatEndsAsSoonAsItAcceptsIsUnavailable) {
  const absl::StatusOr<http::Listener> listener = http::Listener::ListenOnUnix(path_);
  ASSERT_THAT(listener, IsOk());
  std::atomic<bool> end = false;
  std::thread other([&] {
    while (!end) UniqueFd(::accept(listener->fd(), nullptr, nullptr)).reset();
  });
  for (int i = 0; i < 500; ++i) {
    EXPECT_THAT(AskForStatus(path_, absl::Seconds(60)),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr(path_)));
  }
  end = true;
  other.join();
}

TEST_F(StatusClientTest, AWorkerThatEndsBeforeItAnswersIsUnavailable) {
  // What it has not read makes the end of the connection a reset.
  EXPECT_THAT(Ask([](UniqueFd& fd) { fd.reset(); }),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(path_)));
}

}  // namespace
}  // namespace scriptworker::worker
