// SPDX-License-Identifier: MPL-2.0
//
// Over real sockets, with the project's own transport.

#include "tools/local_taskcluster/local_taskcluster.h"

#include <atomic>
#include <memory>
#include <string>
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
#include "scriptworker/base/clock.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::tools {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using taskcluster::ClaimedTask;
using taskcluster::Fault;
using taskcluster::QueueClient;
using taskcluster::S3Artifact;
using taskcluster::TaskBuilder;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LocalTaskclusterTest : public ::testing::Test {
 protected:
  LocalTaskclusterTest() {
    LocalTaskclusterOptions options;
    options.fake.poll = absl::Milliseconds(50);
    local_ = *LocalTaskcluster::Start(clock_, options);
    transport_ = *http::CurlTransport::Create({.user_agent = "test"});
    queue_ = *QueueClient::Create(local_->root_url(), *transport_, clock_,
                                  local_->fake().root_credentials());
  }

  absl::StatusOr<std::vector<ClaimedTask>> Claim() {
    return queue_->ClaimWork(
        {.task_queue_id = "test-provisioner/test-worker", .worker_group = "g", .worker_id = "w"},
        {});
  }
  ClaimedTask CreateAndClaim() {
    EXPECT_THAT(local_->fake().CreateTask(TaskBuilder(clock_.Now()).Build()), IsOk());
    absl::StatusOr<std::vector<ClaimedTask>> claimed = Claim();
    EXPECT_THAT(claimed, IsOk());
    EXPECT_THAT(*claimed, SizeIs(1));
    return std::move(claimed->front());
  }

  absl::StatusOr<http::Response> Put(const std::string& url, std::string content,
                                     const std::string& coding = "") {
    http::StringSource source(std::move(content));
    http::Request put;
    put.method = http::Method::kPut;
    put.url = *http::Url::Parse(url);
    put.headers.Add("Content-Type", "text/plain");
    if (!coding.empty()) put.headers.Add("Content-Encoding", coding);
    put.body_source = &source;
    return transport_->Send(put);
  }
  absl::StatusOr<std::string> UploadUrl(const ClaimedTask& task, const std::string& name) {
    return queue_->CreateArtifact(task.task_id, task.run_id, name,
                                  S3Artifact{"text/plain", clock_.Now() + absl::Hours(1)},
                                  task.credentials, {});
  }
  absl::StatusOr<http::Response> Ping() {
    http::Request request;
    request.url = *http::Url::Parse(local_->root_url() + "/api/queue/v1/ping");
    request.total_timeout = absl::Milliseconds(500);
    return transport_->Send(request);
  }

  SystemClock clock_;
  std::unique_ptr<LocalTaskcluster> local_;
  std::unique_ptr<http::CurlTransport> transport_;
  std::unique_ptr<QueueClient> queue_;
};

TEST_F(LocalTaskclusterTest, ATaskLivesOverHttp) {
  const ClaimedTask task = CreateAndClaim();
  const std::string content(3'000'000, 'x');
  const absl::StatusOr<std::string> url = UploadUrl(task, "public/a b+c.txt");
  ASSERT_THAT(url, IsOk());
  const absl::StatusOr<http::Response> put = Put(*url, content);
  ASSERT_THAT(put, IsOk());
  EXPECT_EQ(put->status, 200) << put->body;
  ASSERT_THAT(queue_->ReportCompleted(task.task_id, 0, task.credentials, {}), IsOk());
  EXPECT_EQ(local_->fake().State(task.task_id), "completed");

  http::Request get;
  get.url = *queue_->ArtifactUrl(task.task_id, "public/a b+c.txt");
  get.redirects = http::Request::Redirects::kFollow;
  const absl::StatusOr<http::Response> got = transport_->Send(get);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->body, content);
}

TEST_F(LocalTaskclusterTest, ACodedBodyIsStoredAsItCame) {
  const ClaimedTask task = CreateAndClaim();
  const std::string coded = "these bytes are no gzip stream";
  ASSERT_THAT(Put(*UploadUrl(task, "public/a.txt"), coded, "gzip"), IsOk());
  const auto artifact = local_->fake().GetArtifact(task.task_id, 0, "public/a.txt");
  ASSERT_THAT(artifact, IsOk());
  EXPECT_EQ(artifact->stored, coded);
  EXPECT_EQ(artifact->content_encoding, "gzip");
}

TEST_F(LocalTaskclusterTest, ARefusedUploadLeavesTheConnectionUsable) {
  const ClaimedTask task = CreateAndClaim();
  const std::string url = *UploadUrl(task, "public/a.txt");
  const absl::StatusOr<http::Response> refused =
      Put(url.substr(0, url.find('?')), std::string(200'000, 'x'));
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->status, 403);
  EXPECT_THAT(Put(url, "x"), IsOk());
}

TEST_F(LocalTaskclusterTest, AnEmptyQueueAnswersAfterItsPoll) {
  const absl::StatusOr<std::vector<ClaimedTask>> claimed = Claim();
  ASSERT_THAT(claimed, IsOk());
  EXPECT_THAT(*claimed, IsEmpty());
}

TEST_F(LocalTaskclusterTest, ManyClientsWorkAtOnce) {
  constexpr int kClients = 40;
  constexpr int kTasksEach = 5;
  for (int i = 0; i < kClients * kTasksEach; ++i) {
    ASSERT_THAT(local_->fake().CreateTask(TaskBuilder(clock_.Now()).Build()), IsOk());
  }
  std::atomic<int> completed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < kTasksEach; ++j) {
        const absl::StatusOr<std::vector<ClaimedTask>> claimed = Claim();
        if (!claimed.ok() || claimed->empty()) continue;
        const ClaimedTask& task = claimed->front();
        const absl::StatusOr<std::string> url = UploadUrl(task, "public/a.txt");
        if (!url.ok() || !Put(*url, "content").ok()) continue;
        if (queue_->ReportCompleted(task.task_id, 0, task.credentials, {}).ok()) ++completed;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(completed, kClients * kTasksEach);
}

TEST_F(LocalTaskclusterTest, FaultsHappenOnTheWire) {
  local_->fake().faults().Add("ping", Fault::Reset());
  EXPECT_THAT(Ping(), StatusIs(absl::StatusCode::kUnavailable));
  local_->fake().faults().Add("ping", Fault::Truncate());
  EXPECT_THAT(Ping(), StatusIs(absl::StatusCode::kDataLoss));
  local_->fake().faults().Add("ping", Fault::Timeout());
  EXPECT_THAT(Ping(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  const absl::StatusOr<http::Response> good = Ping();
  ASSERT_THAT(good, IsOk());
  EXPECT_EQ(good->status, 200);
}

TEST_F(LocalTaskclusterTest, ATaskIsNotGivenToAClientThatHasGone) {
  LocalTaskclusterOptions options;
  const auto patient = *LocalTaskcluster::Start(clock_, options);
  const auto queue = *QueueClient::Create(patient->root_url(), *transport_, clock_,
                                          patient->fake().root_credentials());
  CancellationSource source;
  std::thread client([&] {
    EXPECT_THAT(queue->ClaimWork({.task_queue_id = "test-provisioner/test-worker",
                                  .worker_group = "g",
                                  .worker_id = "w"},
                                 source.token()),
                StatusIs(absl::StatusCode::kCancelled));
  });
  clock_.SleepFor(absl::Milliseconds(50));
  source.Cancel(absl::CancelledError("gone"));
  client.join();
  // A long poll is logged at its end.
  for (int i = 0; i < 500 && patient->fake().request_log().total() == 0; ++i) {
    clock_.SleepFor(absl::Milliseconds(10));
  }
  const absl::StatusOr<taskcluster::TaskId> id =
      patient->fake().CreateTask(TaskBuilder(clock_.Now()).Build());
  ASSERT_THAT(id, IsOk());
  EXPECT_EQ(patient->fake().State(*id), "pending");
}

TEST_F(LocalTaskclusterTest, ATakenPortIsAnError) {
  LocalTaskclusterOptions options;
  options.port = http::Url::Parse(local_->root_url())->port();
  EXPECT_THAT(LocalTaskcluster::Start(clock_, options), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace scriptworker::tools
