// SPDX-License-Identifier: MPL-2.0
//
// The real worker at a real Taskcluster, as the reference's integration tests:
// needs credentials (deployment.h), and says SKIPPED without them.
//   tools/bazel test --config=live //tools/live:live_test

#include <signal.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cot/evidence/cot_body.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/temporary_credentials.h"
#include "tools/live/deployment.h"
#include "tools/live/live_pool.h"
#include "tools/worker_site/running_worker.h"

namespace scriptworker::tools {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::scriptworker::taskcluster::TaskId;
using ::scriptworker::taskcluster::TaskState;
using ::scriptworker::taskcluster::TaskStatus;
using ::testing::AnyOf;
using ::testing::HasSubstr;

bool Runs(const TaskStatus& status) { return status.state == TaskState::kRunning; }

class LiveTest : public testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<std::optional<Deployment>> deployment =
        FindDeployment(Environment::FromProcess(), std::filesystem::current_path().string());
    ASSERT_THAT(deployment.status(), IsOk());
    if (!deployment->has_value()) {
      GTEST_SKIP() << "SKIPPED: no integration_credentials in secrets.json or ~/.scriptworker";
    }
    deployment_ = **deployment;
    absl::StatusOr<std::unique_ptr<LivePool>> pool = LivePool::Create(deployment_);
    ASSERT_THAT(pool.status(), IsOk());
    pool_ = *std::move(pool);
  }

  // The worker takes the one task there is, and ends.
  absl::StatusOr<TaskStatus> RunOneTask(const TaskId& id) {
    RunningWorker worker = pool_->StartWorker({"--once"});
    EXPECT_EQ(worker.Wait(absl::Minutes(2)), 0) << pool_->WorkerLog();
    return pool_->Status(id);
  }

  Deployment deployment_;
  std::unique_ptr<LivePool> pool_;
};

TEST_F(LiveTest, AnEmptyQueueGivesNothingToDo) {
  RunningWorker worker = pool_->StartWorker({"--once"});
  EXPECT_EQ(worker.Wait(absl::Minutes(2)), 0) << pool_->WorkerLog();
}

TEST_F(LiveTest, ATaskIsClaimedRunPublishedAndCompleted) {
  const absl::StatusOr<TaskId> id =
      pool_->CreateTask("echo some output; echo hello > $ARTIFACTS/public/hello.bin");
  ASSERT_THAT(id.status(), IsOk());
  const absl::StatusOr<TaskStatus> status = RunOneTask(*id);
  ASSERT_THAT(status.status(), IsOk());
  EXPECT_EQ(status->state, TaskState::kCompleted) << pool_->WorkerLog();
  ASSERT_EQ(status->runs.size(), 1u);
  EXPECT_EQ(status->runs[0].worker_id, "live-id");
  EXPECT_THAT(pool_->Artifact(*id, "public/hello.bin", false), IsOkAndHolds("hello\n"));
  EXPECT_THAT(pool_->Artifact(*id, "public/logs/live_backing.log", false),
              IsOkAndHolds(HasSubstr("some output\n")));
  const absl::StatusOr<std::string> text =
      pool_->Artifact(*id, "public/chain-of-trust.json", false);
  ASSERT_THAT(text, IsOk());
  const absl::StatusOr<json::Value> body = json::Parse(*text);
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(*body->Find("artifacts")->Find("public/hello.bin")->Find("sha256"),
            json::Value(crypto::HexEncode(crypto::Sha256("hello\n"))));
  EXPECT_THAT(pool_->Artifact(*id, cot::kCotSignatureName, false),
              IsOkAndHolds(testing::SizeIs(64)));
}

TEST_F(LiveTest, APrivateArtifactIsForThoseWithCredentials) {
  const absl::StatusOr<TaskId> id =
      pool_->CreateTask("mkdir $ARTIFACTS/private; echo not for all > $ARTIFACTS/private/note.bin");
  ASSERT_THAT(id.status(), IsOk());
  const absl::StatusOr<TaskStatus> status = RunOneTask(*id);
  ASSERT_THAT(status.status(), IsOk());
  EXPECT_EQ(status->state, TaskState::kCompleted) << pool_->WorkerLog();
  EXPECT_THAT(pool_->Artifact(*id, "private/note.bin", true), IsOkAndHolds("not for all\n"));
  EXPECT_THAT(pool_->Artifact(*id, "private/note.bin", false).status().code(),
              AnyOf(absl::StatusCode::kUnauthenticated, absl::StatusCode::kPermissionDenied));
}

TEST_F(LiveTest, ATaskThatTakesTooLongFails) {
  const absl::StatusOr<TaskId> id = pool_->CreateTask("exec sleep 1000", /*max_run_time=*/1);
  ASSERT_THAT(id.status(), IsOk());
  const absl::StatusOr<TaskStatus> status = RunOneTask(*id);
  ASSERT_THAT(status.status(), IsOk());
  EXPECT_EQ(status->state, TaskState::kFailed) << pool_->WorkerLog();
  EXPECT_THAT(pool_->Artifact(*id, "public/logs/live_backing.log", false), IsOk());
}

TEST_F(LiveTest, ATaskIsClaimedAnewAsOftenAsTheIntervalSays) {
  const absl::StatusOr<TaskId> id = pool_->CreateTask("exec sleep 12");
  ASSERT_THAT(id.status(), IsOk());
  const absl::StatusOr<TaskStatus> status = RunOneTask(*id);
  ASSERT_THAT(status.status(), IsOk());
  EXPECT_EQ(status->state, TaskState::kCompleted) << pool_->WorkerLog();
  EXPECT_THAT(pool_->WorkerLog(), HasSubstr("Reclaim task response"));
}

TEST_F(LiveTest, ATaskThatIsCancelledIsLeft) {
  const absl::StatusOr<TaskId> id = pool_->CreateTask("exec sleep 1000");
  ASSERT_THAT(id.status(), IsOk());
  RunningWorker worker = pool_->StartWorker({"--once"});
  ASSERT_THAT(pool_->Await(*id, Runs).status(), IsOk());
  ASSERT_THAT(pool_->CancelTask(*id), IsOk());
  EXPECT_EQ(worker.Wait(absl::Minutes(2)), 0) << pool_->WorkerLog();
  const absl::StatusOr<TaskStatus> status = pool_->Status(*id);
  ASSERT_THAT(status.status(), IsOk());
  ASSERT_EQ(status->runs.size(), 1u);
  EXPECT_EQ(status->runs[0].reason_resolved, "canceled");
}

TEST_F(LiveTest, AWorkerThatIsStoppedGivesItsTaskBack) {
  const absl::StatusOr<TaskId> id = pool_->CreateTask("exec sleep 1000");
  ASSERT_THAT(id.status(), IsOk());
  RunningWorker worker = pool_->StartWorker();
  ASSERT_THAT(pool_->Await(*id, Runs).status(), IsOk());
  worker.Signal(SIGTERM);
  EXPECT_EQ(worker.Wait(absl::Minutes(2)), 0) << pool_->WorkerLog();
  const absl::StatusOr<TaskStatus> status = pool_->Status(*id);
  ASSERT_THAT(status.status(), IsOk());
  ASSERT_EQ(status->runs.size(), 2u) << "the second waits for another worker";
  EXPECT_EQ(status->runs[0].reason_resolved, "worker-shutdown");
  EXPECT_EQ(status->state, TaskState::kPending);
}

TEST_F(LiveTest, TemporaryCredentialsMadeHereAreGoodThere) {
  if (deployment_.credentials.certificate.has_value()) {
    GTEST_SKIP() << "SKIPPED: integration_credentials are temporary themselves";
  }
  absl::BitGen bitgen;
  const absl::Time now = absl::Now();
  Deployment temporary = deployment_;
  absl::StatusOr<taskcluster::Credentials> made = taskcluster::CreateTemporaryCredentials(
      deployment_.credentials,
      {.scopes = {absl::StrCat("queue:create-task:lowest:", deployment_.provisioner_id, "/live-*"),
                  absl::StrCat("queue:scheduler-id:", deployment_.scheduler_id),
                  "queue:create-task:project:none", "queue:cancel-task:*"},
       .start = now - absl::Minutes(10),
       .expiry = now + absl::Hours(1)},
      bitgen);
  ASSERT_THAT(made, IsOk());
  temporary.credentials = *std::move(made);
  const absl::StatusOr<std::unique_ptr<LivePool>> pool = LivePool::Create(temporary);
  ASSERT_THAT(pool.status(), IsOk());
  const absl::StatusOr<TaskId> id = (*pool)->CreateTask("exit 0");
  ASSERT_THAT(id.status(), IsOk());
  EXPECT_THAT((*pool)->Status(*id).status(), IsOk());
}

}  // namespace
}  // namespace scriptworker::tools
