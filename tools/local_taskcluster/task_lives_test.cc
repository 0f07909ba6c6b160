// SPDX-License-Identifier: MPL-2.0
//
// The worker's clients against recordings of their own: every request is the recorded one, every
// answer is read.

#include "tools/local_taskcluster/task_lives.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/har/har.h"
#include "scriptworker/har/replay_transport.h"
#include "scriptworker/taskcluster/queue_error.h"
#include "scriptworker/taskcluster/testing/client.h"
#include "tools/local_taskcluster/task_lives_recording.h"

namespace scriptworker::tools {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using taskcluster::ArtifactInfo;
using taskcluster::TaskState;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kHowToMend =
    "the recordings are old: bazel run //tools/local_taskcluster:record_task_lives -- "
    "testdata/local_recordings";

std::string RecordedText(std::string_view name) {
  return ReadTestFile(absl::StrCat("testdata/local_recordings/", name, ".har"));
}

// Host and port of the local Taskcluster at that time.
std::string Authority(const har::Document& document) {
  return std::string(document.exchanges.front().request.authority());
}

taskcluster::Credentials Named(std::string_view client_id) {
  taskcluster::Credentials credentials;
  credentials.client_id = std::string(client_id);
  credentials.access_token = SecretString("another one than was recorded");
  return credentials;
}

// A recording in the place of a deployment.
class Replayed {
 public:
  explicit Replayed(std::string_view name)
      : document_(har::ParseHar(RecordedText(name), name).value()), transport_(document_) {}

  Deployment deployment() {
    return {.root_url = absl::StrCat("http://", Authority(document_)),
            .transport = transport_,
            .clock = clock_,
            .worker = Named("static/test/worker"),
            .reader = Named("static/taskcluster/root")};
  }
  // Whether each recorded request was sent, and no other.
  absl::Status Finish() const { return transport_.Finish(); }

 private:
  const har::Document document_;
  har::ReplayTransport transport_;
  SimulatedClock clock_{TaskLivesStart(), SimulatedClock::Mode::kAutoAdvance};
};

auto Artifact(std::string_view name, std::string_view storage_type, std::string_view content_type,
              std::optional<int64_t> content_length = std::nullopt) {
  return AllOf(Field(&ArtifactInfo::name, name), Field(&ArtifactInfo::storage_type, storage_type),
               Field(&ArtifactInfo::content_type, content_type),
               Field(&ArtifactInfo::content_length, content_length),
               Field(&ArtifactInfo::expires, TaskLivesStart() + absl::Hours(24)));
}

TEST(TaskLivesTest, ATaskFromClaimToItsArtifactsIsReplayed) {
  Replayed replayed("completed");
  const absl::StatusOr<CompletedLife> life = LiveToCompletion(replayed.deployment());
  ASSERT_THAT(life.status(), IsOk());
  EXPECT_THAT(replayed.Finish(), IsOk());

  const taskcluster::ClaimedTask& claim = life->claim;
  EXPECT_EQ(claim.run_id, 0);
  EXPECT_EQ(claim.worker_group, "recorded-group");
  EXPECT_EQ(claim.worker_id, "recorded-worker-1");
  EXPECT_EQ(claim.taken_until, TaskLivesStart() + absl::Minutes(20));
  EXPECT_EQ(claim.server_time, TaskLivesStart());
  EXPECT_EQ(claim.task->task_queue_id(), "local-provisioner/recorded-worker");
  EXPECT_EQ(claim.task->metadata().name, "completed");
  EXPECT_THAT(claim.credentials.client_id,
              StartsWith(absl::StrCat("task-client/", claim.task_id,
                                      "/0/on/recorded-group/recorded-worker-1/until/")));
  EXPECT_TRUE(claim.credentials.certificate.has_value());
  EXPECT_EQ(life->definition.raw(), claim.definition);

  EXPECT_EQ(life->reclaim.taken_until, TaskLivesStart() + absl::Minutes(30));
  EXPECT_NE(life->reclaim.credentials.client_id, claim.credentials.client_id);

  EXPECT_EQ(life->running.state, TaskState::kRunning);
  EXPECT_EQ(life->completed.state, TaskState::kCompleted);
  ASSERT_THAT(life->completed.runs, SizeIs(1));
  const taskcluster::RunStatus& run = life->completed.runs.front();
  EXPECT_EQ(run.state, TaskState::kCompleted);
  EXPECT_EQ(run.reason_created, "scheduled");
  EXPECT_EQ(run.reason_resolved, "completed");
  EXPECT_EQ(run.worker_id, "recorded-worker-1");
  EXPECT_EQ(run.taken_until, life->reclaim.taken_until);
  EXPECT_EQ(run.started, TaskLivesStart());
  EXPECT_EQ(run.resolved, TaskLivesStart() + absl::Minutes(10));

  EXPECT_THAT(life->artifacts,
              ElementsAre(Artifact("private/key (1)+%.bin", "s3", "application/octet-stream", 27),
                          Artifact("public/latest.log", "link", "text/plain"),
                          Artifact("public/logs/live.log", "s3", "text/plain", 29),
                          Artifact("public/missing.txt", "error", "application/binary")));
  std::map<std::string, std::string> contents = TaskLivesFiles();
  contents["public/latest.log"] = contents.at("public/logs/live.log");
  EXPECT_EQ(life->contents, contents);
  EXPECT_THAT(life->error_artifact, StatusIs(absl::StatusCode::kFailedPrecondition,
                                             HasSubstr("the script made no such file")));
}

TEST(TaskLivesTest, ACancelledTaskIsReplayed) {
  Replayed replayed("cancelled");
  const absl::StatusOr<CancelledLife> life = LiveToCancellation(replayed.deployment());
  ASSERT_THAT(life.status(), IsOk());
  EXPECT_THAT(replayed.Finish(), IsOk());

  EXPECT_EQ(life->cancelled.state, TaskState::kException);
  ASSERT_THAT(life->cancelled.runs, SizeIs(1));
  EXPECT_EQ(life->cancelled.runs.front().reason_resolved, "canceled");
  for (const absl::Status& refused : {life->reclaim, life->report}) {
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAborted));
    const std::optional<taskcluster::QueueError> error = taskcluster::GetQueueError(refused);
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->http_status, 409);
    EXPECT_EQ(error->code, "RequestConflict");
  }
}

// Requests and answers have not changed since; no secret of the deployment is in a file.
TEST(TaskLivesTest, TheFilesAreWhatIsRecordedToday) {
  // A port of as many digits as in the files, or the lengths of answers would differ; others may
  // be using one.
  auto recordings = RecordTaskLives(48181);
  for (int port = 48182; absl::IsUnavailable(recordings.status()) && port < 48220; ++port) {
    recordings = RecordTaskLives(port);
  }
  ASSERT_THAT(recordings.status(), IsOk());
  for (const auto& [name, document] : *recordings) {
    const std::string text = RecordedText(name);
    const std::string authority = Authority(har::ParseHar(text, name).value());
    EXPECT_TRUE(absl::StrReplaceAll(har::FormatHar(document), {{Authority(document), authority}}) ==
                text)
        << name << ": " << kHowToMend;
    for (const taskcluster::fake::Client& client : taskcluster::fake::DefaultClients()) {
      EXPECT_FALSE(absl::StrContains(text, client.access_token)) << name;
    }
  }
}

}  // namespace
}  // namespace scriptworker::tools
