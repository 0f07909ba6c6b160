// SPDX-License-Identifier: MPL-2.0
//
// The fake as the rest of the project uses it: through QueueClient.

#include "scriptworker/taskcluster/testing/fake_taskcluster.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/taskcluster/testing/request_log.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kText[] = "text/plain";

class FakeTaskclusterTest : public ::testing::Test {
 protected:
  explicit FakeTaskclusterTest(SimulatedClock::Mode mode = SimulatedClock::Mode::kAutoAdvance)
      : clock_(absl::FromUnixSeconds(1'700'000'000), mode), fake_(clock_, Options()) {
    queue_ = *QueueClient::Create(fake_.root_url(), fake_, clock_, fake_.worker_credentials());
    everything_ = *QueueClient::Create(fake_.root_url(), fake_, clock_, fake_.root_credentials());
  }

  FakeTaskclusterOptions Options() {
    FakeTaskclusterOptions options;
    options.on_event = [this](const QueueEvent& event) {
      events_.push_back(std::string(ToString(event.kind)));
    };
    return options;
  }

  TaskBuilder Task() { return TaskBuilder(clock_.Now()); }

  absl::StatusOr<std::vector<ClaimedTask>> Claim(const CancellationToken& cancellation = {}) {
    return queue_->ClaimWork(
        {.task_queue_id = "test-provisioner/test-worker", .worker_group = "g", .worker_id = "w"},
        cancellation);
  }
  ClaimedTask CreateAndClaim() {
    EXPECT_THAT(fake_.CreateTask(Task().Build()), IsOk());
    absl::StatusOr<std::vector<ClaimedTask>> claimed = Claim();
    EXPECT_THAT(claimed, IsOk());
    EXPECT_THAT(*claimed, SizeIs(1));
    return std::move(claimed->front());
  }

  // createArtifact and the PUT.
  absl::Status Upload(const ClaimedTask& task, std::string_view name, std::string content) {
    absl::StatusOr<std::string> url = queue_->CreateArtifact(
        task.task_id, task.run_id, name, S3Artifact{kText, clock_.Now() + absl::Hours(1)},
        task.credentials, {});
    if (!url.ok()) return url.status();
    http::StringSource source(std::move(content));
    http::Request put;
    put.method = http::Method::kPut;
    put.url = *http::Url::Parse(*url);
    put.headers.Add("Content-Type", kText);
    put.body_source = &source;
    const absl::StatusOr<http::Response> response = fake_.Send(put);
    if (!response.ok()) return response.status();
    return response->ok() ? absl::OkStatus() : absl::InternalError(response->body);
  }

  absl::StatusOr<http::Response> Get(const http::Url& url) {
    http::Request request;
    request.url = url;
    request.redirects = http::Request::Redirects::kFollow;
    return fake_.Send(request);
  }

  SimulatedClock clock_;
  std::vector<std::string> events_;
  FakeTaskcluster fake_;
  std::unique_ptr<QueueClient> queue_;
  std::unique_ptr<QueueClient> everything_;
};

TEST_F(FakeTaskclusterTest, ATaskLivesFromClaimToCompleted) {
  const ClaimedTask task = CreateAndClaim();
  EXPECT_EQ(fake_.State(task.task_id), "running");
  EXPECT_EQ(task.run_id, 0);
  ASSERT_THAT(Upload(task, "public/a.txt", "content"), IsOk());
  ASSERT_THAT(queue_->ReportCompleted(task.task_id, 0, task.credentials, {}), IsOk());
  EXPECT_EQ(fake_.State(task.task_id), "completed");
  EXPECT_EQ(fake_.Resolution(task.task_id, 0), "completed");
  const std::vector<FakeTaskcluster::Artifact> artifacts = fake_.Artifacts(task.task_id, 0);
  ASSERT_THAT(artifacts, SizeIs(1));
  EXPECT_EQ(artifacts[0].name, "public/a.txt");
  EXPECT_EQ(artifacts[0].content, "content");
  EXPECT_EQ(artifacts[0].content_type, kText);
  EXPECT_THAT(events_, ElementsAre("task-defined", "task-pending", "task-running",
                                   "artifact-created", "task-completed"));
}

TEST_F(FakeTaskclusterTest, EveryRequestIsLogged) {
  const ClaimedTask task = CreateAndClaim();
  ASSERT_THAT(Upload(task, "public/a.txt", "content"), IsOk());
  ASSERT_THAT(queue_->ReportCompleted(task.task_id, 0, task.credentials, {}), IsOk());
  EXPECT_EQ(fake_.request_log().total(), 4);
  EXPECT_EQ(fake_.request_log().Count("putObject"), 1);
  const std::vector<LoggedRequest> requests = fake_.request_log().Requests();
  EXPECT_EQ(requests[1].endpoint, "createArtifact");
  EXPECT_EQ(requests[1].task_id, task.task_id.str());
  EXPECT_EQ(requests[1].run_id, 0);
  EXPECT_EQ(requests[1].status, 200);
}

TEST_F(FakeTaskclusterTest, AnEmptyQueueAnswersAfter20Seconds) {
  const absl::Time before = clock_.Now();
  const absl::StatusOr<std::vector<ClaimedTask>> claimed = Claim();
  ASSERT_THAT(claimed, IsOk());
  EXPECT_THAT(*claimed, IsEmpty());
  EXPECT_EQ(clock_.Now() - before, absl::Seconds(20));
}

TEST_F(FakeTaskclusterTest, AnImpatientClientGivesUpAtItsTimeout) {
  ApiOptions options;
  options.timeout = absl::Seconds(5);
  options.retry = RetryPolicy{.attempts = 1};
  const auto impatient =
      *QueueClient::Create(fake_.root_url(), fake_, clock_, fake_.worker_credentials(), options);
  const absl::Time before = clock_.Now();
  EXPECT_FALSE(
      impatient->ClaimWork({.task_queue_id = "p/w", .worker_group = "g", .worker_id = "w"}, {})
          .ok());
  EXPECT_EQ(clock_.Now() - before, absl::Seconds(5));
}

TEST_F(FakeTaskclusterTest, AReclaimMovesTakenUntilAndGivesNewCredentials) {
  const ClaimedTask task = CreateAndClaim();
  EXPECT_EQ(task.taken_until, clock_.Now() + absl::Minutes(20));
  clock_.AdvanceTime(absl::Minutes(15));
  const absl::StatusOr<Reclaim> reclaim =
      queue_->ReclaimTask(task.task_id, 0, task.credentials, {});
  ASSERT_THAT(reclaim, IsOk());
  EXPECT_EQ(reclaim->taken_until, clock_.Now() + absl::Minutes(20));
  EXPECT_NE(reclaim->credentials.client_id, task.credentials.client_id);
  clock_.AdvanceTime(absl::Minutes(15));
  EXPECT_THAT(queue_->ReportCompleted(task.task_id, 0, reclaim->credentials, {}), IsOk());
}

TEST_F(FakeTaskclusterTest, AnExpiredClaimIsLostAndTheTaskRunsAgain) {
  const ClaimedTask first = CreateAndClaim();
  clock_.AdvanceTime(absl::Minutes(20));
  EXPECT_THAT(queue_->ReclaimTask(first.task_id, 0, first.credentials, {}),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("resolved or not running")));
  EXPECT_EQ(fake_.Resolution(first.task_id, 0), "claim-expired");
  const absl::StatusOr<std::vector<ClaimedTask>> second = Claim();
  ASSERT_THAT(second, IsOk());
  ASSERT_THAT(*second, SizeIs(1));
  EXPECT_EQ(second->front().run_id, 1);
}

TEST_F(FakeTaskclusterTest, WorkerShutdownMakesAnotherRunAndMayBeReportedTwice) {
  const ClaimedTask task = CreateAndClaim();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(queue_->ReportException(task.task_id, 0, ExceptionReason::kWorkerShutdown,
                                        task.credentials, {}),
                IsOk());
  }
  EXPECT_EQ(fake_.State(task.task_id), "pending");
}

TEST_F(FakeTaskclusterTest, AReasonThatTheQueueDoesNotKnowIsRefused) {
  const ClaimedTask task = CreateAndClaim();
  EXPECT_THAT(
      queue_->ReportException(task.task_id, 0, ExceptionReason::kSuperseded, task.credentials, {}),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(FakeTaskclusterTest, ACancelledTaskTakesLateArtifactsOnly) {
  const ClaimedTask task = CreateAndClaim();
  ASSERT_THAT(fake_.CancelTask(task.task_id), IsOk());
  EXPECT_THAT(Upload(task, "public/late.txt", "x"), IsOk());
  const absl::Status report = queue_->ReportCompleted(task.task_id, 0, task.credentials, {});
  EXPECT_THAT(report, StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(GetQueueError(report)->code, "RequestConflict");
}

TEST_F(FakeTaskclusterTest, TheCredentialsOfARunAreForThatRun) {
  const ClaimedTask one = CreateAndClaim();
  const ClaimedTask other = CreateAndClaim();
  EXPECT_THAT(queue_->ReportCompleted(other.task_id, 0, one.credentials, {}),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(queue_->ReclaimTask(one.task_id, 0, fake_.worker_credentials(), {}),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(FakeTaskclusterTest, ArtifactsAreReadThroughRedirects) {
  const ClaimedTask task = CreateAndClaim();
  ASSERT_THAT(Upload(task, "public/a.txt", "public content"), IsOk());
  ASSERT_THAT(Upload(task, "private/b.txt", "private content"), IsOk());
  for (const std::string visibility : {"public", "private"}) {
    const std::string name =
        absl::StrCat(visibility, "/", visibility == "public" ? "a" : "b", ".txt");
    const absl::StatusOr<http::Url> url = everything_->ArtifactUrl(task.task_id, name);
    ASSERT_THAT(url, IsOk());
    const absl::StatusOr<http::Response> response = Get(*url);
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->status, 200) << response->body;
    EXPECT_EQ(response->body, visibility + " content");
    EXPECT_THAT(response->redirects, SizeIs(1));
  }
}

TEST_F(FakeTaskclusterTest, ABodyGoesToTheSink) {
  const ClaimedTask task = CreateAndClaim();
  ASSERT_THAT(Upload(task, "public/a.txt", std::string(300'000, 'x')), IsOk());
  http::StringSink sink;
  http::Request request;
  request.url = *everything_->ArtifactUrl(task.task_id, "public/a.txt");
  request.redirects = http::Request::Redirects::kFollow;
  request.sink = &sink;
  const absl::StatusOr<http::Response> response = fake_.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(sink.data(), std::string(300'000, 'x'));
}

TEST_F(FakeTaskclusterTest, ListsComeInPages) {
  const ClaimedTask task = CreateAndClaim();
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(
        queue_->CreateArtifact(task.task_id, 0, absl::StrCat("public/", i),
                               LinkArtifact{"public/0", kText, clock_.Now() + absl::Hours(1)},
                               task.credentials, {}),
        IsOk());
  }
  const absl::StatusOr<std::vector<ArtifactInfo>> all =
      everything_->ListLatestArtifacts(task.task_id, {});
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(*all, SizeIs(3));
}

TEST_F(FakeTaskclusterTest, ListsSayTheLengthThatTheWorkerGave) {
  const ClaimedTask task = CreateAndClaim();
  const absl::Time expires = clock_.Now() + absl::Hours(1);
  for (const auto& [name, length] :
       std::vector<std::pair<std::string, std::optional<int64_t>>>{{"a", 7}, {"b", std::nullopt}}) {
    ASSERT_THAT(queue_->CreateArtifact(task.task_id, 0, name, S3Artifact{kText, expires, length},
                                       task.credentials, {}),
                IsOk());
  }
  const std::vector<ArtifactInfo> all = everything_->ListLatestArtifacts(task.task_id, {}).value();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].content_length, 7);
  EXPECT_EQ(all[1].content_length, std::nullopt);
}

TEST_F(FakeTaskclusterTest, DependentTasksWait) {
  const absl::StatusOr<TaskId> first = fake_.CreateTask(Task().Build());
  ASSERT_THAT(first, IsOk());
  const absl::StatusOr<TaskId> second =
      fake_.CreateTask(Task().Dependencies({first->str()}).Build());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(fake_.State(*second), "unscheduled");
  const absl::StatusOr<std::vector<ClaimedTask>> claimed = Claim();
  ASSERT_THAT(queue_->ReportCompleted(*first, 0, claimed->front().credentials, {}), IsOk());
  EXPECT_EQ(fake_.State(*second), "pending");
}

TEST_F(FakeTaskclusterTest, ADefinitionThatTheQueueWouldRefuseIsRefused) {
  EXPECT_THAT(fake_.CreateTask(Task().Set("extra", 1).Build()),
              StatusIs(absl::StatusCode::kInvalidArgument, "data/extra must be object"));
  EXPECT_THAT(fake_.CreateTask(Task().Deadline(clock_.Now() + absl::Hours(24 * 6)).Build()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("5 days")));
  EXPECT_THAT(
      fake_.CreateTask(Task().Dependencies({"JBstYc0jRAKjtILuinpo7g"}).Build()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("references non-existing tasks")));
}

TEST_F(FakeTaskclusterTest, FaultsBecomeWhatATransportReports) {
  struct Case {
    Fault fault;
    absl::StatusCode code;
  };
  const Case cases[] = {
      {Fault::Reset(), absl::StatusCode::kUnavailable},
      {Fault::Timeout(), absl::StatusCode::kDeadlineExceeded},
      {Fault::Truncate(), absl::StatusCode::kDataLoss},
  };
  http::Request request;
  request.url = *http::Url::Parse(fake_.root_url() + "/api/queue/v1/ping");
  for (const Case& one : cases) {
    fake_.faults().Add("ping", one.fault);
    EXPECT_THAT(fake_.Send(request), StatusIs(one.code)) << one.fault.ToString();
    EXPECT_THAT(fake_.Send(request), IsOk());
  }
  fake_.faults().Add("ping", Fault::Status(429, std::nullopt, {{"Retry-After", "1"}}));
  const absl::StatusOr<http::Response> response = fake_.Send(request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 429);
  EXPECT_THAT(response->body, HasSubstr("TooManyRequests"));
  EXPECT_TRUE(fake_.faults().exhausted());
}

TEST_F(FakeTaskclusterTest, AFaultAfterTheWorkLosesTheAnswerOnly) {
  const ClaimedTask task = CreateAndClaim();
  fake_.faults().Add("reportCompleted", Fault::Reset().AfterTheWork());
  EXPECT_THAT(queue_->ReportCompleted(task.task_id, 0, task.credentials, {}), IsOk());
  EXPECT_EQ(fake_.request_log().Count("reportCompleted"), 2);
  EXPECT_EQ(fake_.State(task.task_id), "completed");
}

class FakeTaskclusterThreadsTest : public FakeTaskclusterTest {
 protected:
  FakeTaskclusterThreadsTest() : FakeTaskclusterTest(SimulatedClock::Mode::kManual) {}
};

TEST_F(FakeTaskclusterThreadsTest, ALongPollEndsWhenATaskArrives) {
  absl::StatusOr<std::vector<ClaimedTask>> claimed;
  std::thread worker([&] { claimed = Claim(); });
  ASSERT_TRUE(clock_.AwaitSleepers());
  clock_.AdvanceTime(absl::Seconds(5));
  ASSERT_THAT(fake_.CreateTask(Task().Build()), IsOk());
  worker.join();
  ASSERT_THAT(claimed, IsOk());
  EXPECT_THAT(*claimed, SizeIs(1));
}

TEST_F(FakeTaskclusterThreadsTest, ALongPollEndsWhenItIsCancelled) {
  CancellationSource source;
  absl::StatusOr<std::vector<ClaimedTask>> claimed;
  std::thread worker([&] { claimed = Claim(source.token()); });
  ASSERT_TRUE(clock_.AwaitSleepers());
  source.Cancel(absl::CancelledError("shut down"));
  worker.join();
  EXPECT_THAT(claimed, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(FakeTaskclusterThreadsTest, ALongPollEndsAtShutdown) {
  absl::StatusOr<std::vector<ClaimedTask>> claimed;
  std::thread worker([&] { claimed = Claim(); });
  ASSERT_TRUE(clock_.AwaitSleepers());
  fake_.Shutdown();
  worker.join();
  ASSERT_THAT(claimed, IsOk());
  EXPECT_THAT(*claimed, IsEmpty());
}

}  // namespace
}  // namespace scriptworker::taskcluster
