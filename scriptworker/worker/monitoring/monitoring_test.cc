// SPDX-License-Identifier: MPL-2.0
//
// The addresses of a worker that is watched, asked over real sockets.

#include "scriptworker/worker/monitoring/monitoring.h"

#include <sys/stat.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/log/log_format.h"
#include "scriptworker/worker/log/secret_redactor.h"
#include "scriptworker/worker/log/worker_log.h"
#include "scriptworker/worker/monitoring/status_client.h"
#include "scriptworker/worker/process/shutdown.h"
#include "scriptworker/worker/testing/claimed_task.h"
#include "scriptworker/worker/testing/notify_socket.h"
#include "scriptworker/worker/testing/socket_dir.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

class MonitoringTest : public testing::Test {
 protected:
  MonitoringTest() {
    config_.queue = {.root_url = "",
                     .provisioner_id = "p",
                     .worker_type = "t",
                     .worker_group = "g",
                     .worker_id = "i"};
    config_.watching = {.status_socket = sockets_.Path("status"), .health_address = "0"};
  }
  absl::StatusOr<std::unique_ptr<Monitoring>> Start() {
    return Monitoring::Start(config_, environment_, clock_, *log_, shutdown_);
  }
  // "200 body"
  std::string Get(const Monitoring& monitoring, std::string_view path) {
    const absl::StatusOr<http::Response> response = http_->Send(
        {.url =
             http::Url::Parse(absl::StrCat("http://", monitoring.health_address(), path)).value()});
    if (!response.ok()) return std::string(response.status().message());
    return absl::StrCat(response->status, " ", response->body);
  }

  const TempDir temp_;
  const SocketDir sockets_;
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  SecretRedactor redactor_;
  const std::unique_ptr<WorkerLog> log_ =
      WorkerLog::Create({.file = {.path = temp_.Path("log")},
                         .format = LogFormat::Create({}).value(),
                         .verbose = false},
                        clock_, redactor_)
          .value();
  Shutdown shutdown_{*log_, clock_};
  Environment environment_;
  Config config_;
  const std::unique_ptr<http::CurlTransport> http_ = http::CurlTransport::Create({}).value();
};

TEST_F(MonitoringTest, AWorkerIsHealthyFromTheStartAndReadyAfterItsFirstPoll) {
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  EXPECT_EQ(Get(**monitoring, "/healthz"), "200 ok\n");
  EXPECT_EQ(Get(**monitoring, "/readyz"), "503 no poll has ended yet\n");
  (*monitoring)->observer().OnPollStarted();
  (*monitoring)->observer().OnPollEnded(0);
  EXPECT_EQ(Get(**monitoring, "/readyz"), "200 ok\n");
  shutdown_.Drain("SIGUSR1");
  EXPECT_EQ(Get(**monitoring, "/readyz"), "503 no more tasks are taken\n");
  EXPECT_EQ(Get(**monitoring, "/healthz"), "200 ok\n");
}

TEST_F(MonitoringTest, ALoopThatIsStuckIsNotHealthy) {
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  clock_.AdvanceTime(absl::Minutes(11));
  EXPECT_EQ(Get(**monitoring, "/healthz"), "503 no poll has begun or ended for 11m\n");
}

TEST_F(MonitoringTest, ALongPauseBetweenPollsIsHealthy) {
  config_.timeouts.poll_interval = absl::Hours(1);
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  (*monitoring)->observer().OnPollStarted();
  (*monitoring)->observer().OnPollEnded(0);
  clock_.AdvanceTime(absl::Minutes(69));
  EXPECT_EQ(Get(**monitoring, "/healthz"), "200 ok\n");
  clock_.AdvanceTime(absl::Minutes(2));
  EXPECT_EQ(Get(**monitoring, "/healthz"), "503 no poll has begun or ended for 1h11m\n");
}

TEST_F(MonitoringTest, ServesMetricsAndNothingElseOverTcp) {
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  (*monitoring)->observer().OnPollEnded(1);
  EXPECT_THAT(Get(**monitoring, "/metrics"),
              HasSubstr("\nscriptworker_polls_total{outcome=\"task\"} 1\n"));
  EXPECT_THAT(Get(**monitoring, "/status"), HasSubstr("404 "));
  EXPECT_THAT(Get(**monitoring, "/"), HasSubstr("404 "));
}

TEST_F(MonitoringTest, TheStatusSocketIsForThisUserAndKnowsTheRun) {
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  struct stat info = {};
  ASSERT_EQ(::lstat(config_.watching.status_socket.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  (*monitoring)->observer().OnTaskStarted(MakeClaimedTask(1), absl::Minutes(20));
  (*monitoring)->observer().OnPhase(Phase::kUpload);
  const absl::StatusOr<json::Value> status = AskForStatus(config_.watching.status_socket);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->Find("state")->string_value(), "working");
  EXPECT_EQ(status->Find("run")->Find("phase")->string_value(), "upload");
  EXPECT_EQ(status->Find("run")->Find("leaseLeftSeconds")->int_value(), 1200);
  EXPECT_EQ(
      status->Find("counters")->Find("scriptworker_polls_total{outcome=\"task\"}")->int_value(), 0);
}

TEST_F(MonitoringTest, NothingListensUnlessItIsConfigured) {
  config_.watching = {};
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  EXPECT_EQ((*monitoring)->health_address(), "");
  EXPECT_THAT(AskForStatus(sockets_.Path("status")), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(MonitoringTest, AnAddressThatIsTakenIsAnErrorThatNamesItsKey) {
  const auto first = Start();
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Start(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("status_socket: ")));
  config_.watching = {.status_socket = "",
                      .health_address = std::string((*first)->health_address())};
  EXPECT_THAT(Start(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("health_address: ")));
}

TEST_F(MonitoringTest, AWorkerThatCannotBeAskedIsNotReady) {
  const NotifySocket manager(sockets_.Path("notify"));
  environment_.Set("NOTIFY_SOCKET", sockets_.Path("notify"));
  config_.watching.health_address = "no address";
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_TRUE(manager.empty());
}

TEST_F(MonitoringTest, TheServiceManagerHearsOfTheEndWhenTheWorkerIsToStopAndNotWhenItIsDrained) {
  const NotifySocket manager(sockets_.Path("notify"));
  environment_.Set("NOTIFY_SOCKET", sockets_.Path("notify"));
  const auto monitoring = Start();
  ASSERT_THAT(monitoring, IsOk());
  shutdown_.Drain("SIGUSR1");
  for (const std::string_view expected :
       {"READY=1", "STATUS=waiting for tasks", "STATUS=takes no more tasks"}) {
    EXPECT_EQ(manager.Receive(), expected);
  }
  EXPECT_TRUE(manager.empty());
  shutdown_.Stop("SIGTERM");
  EXPECT_EQ(manager.Receive(), "STOPPING=1");
}

TEST_F(MonitoringTest, AServiceManagerThatIsNotThereIsAWarning) {
  environment_.Set("NOTIFY_SOCKET", "/nonexistent/notify");
  EXPECT_THAT(Start(), IsOk());
  EXPECT_THAT(ReadFile(temp_.Path("log")).value(),
              HasSubstr("WARNING - the service manager is told nothing: "));
}

}  // namespace
}  // namespace scriptworker::worker
