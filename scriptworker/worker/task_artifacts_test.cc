// SPDX-License-Identifier: MPL-2.0
//
// What needs no script; the rest is in task_runner_test.

#include "scriptworker/worker/task_artifacts.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/ordinary_user.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/worker/outcome/exit_status.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::Credentials;
using ::scriptworker::taskcluster::TaskId;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Announces every artifact.
class Announcer final : public taskcluster::TaskClaimer {
 public:
  absl::StatusOr<std::string> CreateArtifact(const TaskId&, int, std::string_view name,
                                             const taskcluster::ArtifactRequest&,
                                             const Credentials&,
                                             const CancellationToken&) override {
    return absl::StrCat("http://store.example/", name);
  }
  absl::StatusOr<std::vector<taskcluster::ClaimedTask>> ClaimWork(
      const taskcluster::ClaimRequest&, const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<taskcluster::Reclaim> ReclaimTask(const TaskId&, int, const Credentials&,
                                                   const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportCompleted(const TaskId&, int, const Credentials&,
                               const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportFailed(const TaskId&, int, const Credentials&,
                            const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
  absl::Status ReportException(const TaskId&, int, taskcluster::ExceptionReason, const Credentials&,
                               const CancellationToken&) override {
    return absl::UnimplementedError("");
  }
};

// Takes every body, or answers what it is told to.
class Store final : public http::Transport {
 public:
  absl::StatusOr<http::Response> Send(const http::Request& request) override {
    std::string buffer(1 << 16, '\0');
    std::string body;
    while (true) {
      absl::StatusOr<size_t> got = request.body_source->Read(absl::MakeSpan(buffer));
      if (!got.ok()) return got.status();
      if (*got == 0) break;
      body.append(buffer, 0, *got);
    }
    absl::MutexLock lock(&mutex);
    bodies.push_back(std::move(body));
    if (!error.ok()) return error;
    http::Response response;
    response.status = status;
    return response;
  }
  int status = 200;
  absl::Status error;
  absl::Mutex mutex;
  std::vector<std::string> bodies;
};

class TaskArtifactsTest : public testing::Test {
 protected:
  TaskArtifactsTest() { temp_.Write("artifacts/public/logs/live_backing.log", "the log\n"); }

  int Upload(const CancellationToken& cancellation = {}) {
    return Upload(cancellation, artifacts_);
  }
  int Upload(const CancellationToken& cancellation, TaskArtifacts& artifacts) {
    return artifacts.UploadAll(Target(), cancellation);
  }
  taskcluster::UploadTarget Target() const {
    return {
        .task_id = id_, .run_id = 0, .expires = clock_.Now() + absl::Hours(1), .credentials = [] {
          return Credentials();
        }};
  }
  absl::Status Generate() { return Generate(artifacts_); }
  absl::Status Generate(TaskArtifacts& artifacts) {
    const json::Value definition =
        json::Parse(R"({"dependencies": [], "payload": {}, "scopes": [], "taskGroupId": "x",
                        "workerType": "y"})")
            .value();
    return artifacts.GenerateChainOfTrust(
        {.task_id = id_,
         .run_id = 0,
         .worker_group = "group",
         .worker_id = "id",
         .taken_until = {},
         .definition = definition,
         .task = taskcluster::TaskDefinition::FromJson(definition, "task"),
         .credentials = {},
         .status = {},
         .server_time = {}},
        {});
  }

  const TempDir temp_;
  const TaskId id_ = TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value();
  const WorkDir dirs_{temp_.Path("work"), temp_.Path("artifacts"),
                      temp_.Path("artifacts/public/logs")};
  SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000), SimulatedClock::Mode::kAutoAdvance};
  MemoryLogger logger_;
  Announcer queue_;
  Store store_;
  taskcluster::ArtifactUploader uploader_{queue_, store_, clock_};
  TaskArtifacts artifacts_{dirs_, {.worker_id = "id", .worker_type = "type"}, uploader_, logger_};
};

TEST_F(TaskArtifactsTest, EverythingIsUploaded) {
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(logger_.lines(), IsEmpty());
}

TEST_F(TaskArtifactsTest, AStoreThatRefusesIsAMissingResource) {
  store_.status = 403;
  EXPECT_EQ(Upload(), kResourceUnavailable);
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("public/logs/live_backing.log")));
}

TEST_F(TaskArtifactsTest, AStoreOutOfReachIsIntermittent) {
  store_.error = absl::UnavailableError("connection refused");
  EXPECT_EQ(Upload(), kIntermittentTask);
}

TEST_F(TaskArtifactsTest, AFileThatWasChangedAfterItWasHashedIsNotPublished) {
  temp_.Write("artifacts/public/target.bin", "what was hashed");
  ASSERT_THAT(Generate(), IsOk());
  temp_.Write("artifacts/public/target.bin", "something else!");
  EXPECT_EQ(Upload(), kInternalError);
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("public/target.bin")));
}

TEST_F(TaskArtifactsTest, WhateverTheHashAlgorithmAChangedFileIsNotPublished) {
  TaskArtifacts artifacts(dirs_, {.hash_algorithm = crypto::HashAlgorithm::kSha512}, uploader_,
                          logger_);
  temp_.Write("artifacts/public/target.bin", "what was hashed");
  temp_.Write("artifacts/public/target.txt", "what was hashed");
  ASSERT_THAT(Generate(artifacts), IsOk());
  EXPECT_EQ(Upload({}, artifacts), kSuccess);
  temp_.Write("artifacts/public/target.bin", "something else!");
  temp_.Write("artifacts/public/target.txt", "something else!");
  EXPECT_EQ(Upload({}, artifacts), kInternalError);
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("public/target.bin\" changed")));
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("\"public/target.txt\" changed")));
}

TEST_F(TaskArtifactsTest, AChangedChainOfTrustIsNotPublished) {
  ASSERT_THAT(Generate(), IsOk());
  temp_.Write("artifacts/public/chain-of-trust.json", "{}");
  EXPECT_EQ(Upload(), kInternalError);
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("\"public/chain-of-trust.json\" changed")));
}

TEST_F(TaskArtifactsTest, ALinkThatTakesTheFilesPlaceIsNotFollowed) {
  const std::string secret = temp_.Write("secret", "the secret");
  const std::string target = temp_.Write("artifacts/public/target.bin", "what was hashed");
  ASSERT_THAT(Generate(), IsOk());
  std::filesystem::remove(target);
  std::filesystem::create_symlink(secret, target);
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(logger_.lines(),
              Contains(HasSubstr("\"public/target.bin\" is no regular file but a symbolic link")));
  EXPECT_THAT(store_.bodies, Contains("what was hashed"));
  EXPECT_THAT(store_.bodies, Not(Contains("the secret")));
}

TEST_F(TaskArtifactsTest, AFileThatTakesTheNameOfAHashedOneIsNotPublished) {
  const std::string target = temp_.Write("artifacts/public/target.bin", "what was hashed");
  ASSERT_THAT(Generate(), IsOk());
  std::filesystem::rename(temp_.Write("other", "something else!"), target);
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(store_.bodies, Contains("what was hashed"));
  EXPECT_THAT(store_.bodies, Not(Contains("something else!")));
}

TEST_F(TaskArtifactsTest, AFileThatAppearsAfterTheHashingIsNotPublished) {
  ASSERT_THAT(Generate(), IsOk());
  temp_.Write("artifacts/public/late.bin", "late");
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(store_.bodies, Not(Contains("late")));
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("\"public/late.bin\" has appeared since")));
}

TEST_F(TaskArtifactsTest, AHashedFileIsPublishedThoughItsNameIsGone) {
  const std::string target = temp_.Write("artifacts/public/target.bin", "what was hashed");
  ASSERT_THAT(Generate(), IsOk());
  std::filesystem::remove(target);
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(store_.bodies, Contains("what was hashed"));
}

TEST_F(TaskArtifactsTest, ASecretThatIsHashedByAMishapIsNotPublished) {
  const std::string key = temp_.Write("key", "the secret");
  const std::string target = temp_.Write("artifacts/public/target.bin", "what is hashed");
  TaskArtifacts artifacts(dirs_, {.secret_files = {key}}, uploader_, logger_);
  ASSERT_THAT(Generate(artifacts), IsOk());
  std::filesystem::rename(target, key);  // the file that is open now
  EXPECT_EQ(Upload({}, artifacts), kInternalError);
  EXPECT_THAT(store_.bodies, Not(Contains("what is hashed")));
}

TEST_F(TaskArtifactsTest, MoreFilesThanDescriptorsArePublishedAsTheyWereHashed) {
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few = {.rlim_cur = 300, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  for (int i = 0; i < 400; ++i)
    temp_.Write(absl::StrCat("artifacts/public/", i, ".bin"), "as hashed");
  ASSERT_THAT(Generate(), IsOk());
  temp_.Write("artifacts/public/399.bin", "");  // the list is sorted: this one is not open
  EXPECT_EQ(Upload(), kInternalError);
  EXPECT_EQ(std::count(store_.bodies.begin(), store_.bodies.end(), "as hashed"), 399);
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("\"public/399.bin\" changed")));
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(TaskArtifactsTest, AFolderThatCannotBeEnteredCostsNoOtherArtifact) {
  temp_.Write("artifacts/public/target.bin", "the target");
  temp_.Write("artifacts/closed/file.bin", "not to be had");
  std::filesystem::permissions(temp_.Path("artifacts/closed"), std::filesystem::perms::none);
  const OrdinaryUser ordinary;
  EXPECT_THAT(Generate(), IsOk());
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(store_.bodies, Contains("the target"));
  EXPECT_THAT(logger_.lines(),
              Contains(AllOf(StartsWith("WARNING Not uploaded"), HasSubstr("\"closed\""))));
}

TEST_F(TaskArtifactsTest, AFolderNestedTooDeepCostsNoOtherArtifact) {
  std::string deep = "artifacts";
  for (int i = 0; i < 300; ++i) deep += "/d";
  temp_.Write(deep + "/file.bin", "too deep");
  temp_.Write("artifacts/public/target.bin", "the target");
  EXPECT_THAT(Generate(), IsOk());
  EXPECT_EQ(Upload(), kInternalError);
  EXPECT_THAT(store_.bodies, Contains("the target"));
  EXPECT_THAT(logger_.lines(), Contains(AllOf(StartsWith("ERROR"), HasSubstr("too deep"))));
}

TEST_F(TaskArtifactsTest, OfTooManyFilesTheLogsAreUploaded) {
  TaskArtifacts artifacts(dirs_, {.max_entries = 4}, uploader_, logger_);
  temp_.Write("artifacts/public/target.bin", "the target");
  temp_.Write("artifacts/public/logs/chain_of_trust.log", "the other log\n");
  EXPECT_EQ(Upload({}, artifacts), kInternalError);
  EXPECT_THAT(store_.bodies, SizeIs(2));
  EXPECT_THAT(store_.bodies, Not(Contains("the target")));
  EXPECT_THAT(logger_.lines(), Contains(HasSubstr("more than 4 files")));
}

TEST_F(TaskArtifactsTest, TheLogsCanBeUploadedAlone) {
  temp_.Write("artifacts/public/target.bin", "the target");
  temp_.Write("artifacts/public/logs/more.log", "of the script");
  EXPECT_EQ(artifacts_.UploadLogs(Target(), {}), kSuccess);
  EXPECT_THAT(store_.bodies, SizeIs(1)) << "live_backing.log";
  temp_.Write("artifacts/public/logs/chain_of_trust.log", "the other log\n");
  EXPECT_EQ(artifacts_.UploadLogs(Target(), {}), kSuccess);
  EXPECT_THAT(store_.bodies, SizeIs(3)) << "and both";
}

TEST_F(TaskArtifactsTest, AChainOfTrustThatTheScriptHasMadeIsNotPublished) {
  temp_.Write("artifacts/public/chain-of-trust.json", "of the script");
  temp_.Write("artifacts/public/chain-of-trust.json.sig", "of the script");
  EXPECT_EQ(Upload(), kSuccess);
  EXPECT_THAT(store_.bodies, SizeIs(1)) << "the log";
  EXPECT_THAT(
      logger_.lines(),
      Contains(HasSubstr("\"public/chain-of-trust.json.sig\" is not of the worker's making")));
}

TEST_F(TaskArtifactsTest, ACancelledUploadEndsEarly) {
  CancellationSource lost;
  lost.Cancel(absl::AbortedError("the claim was lost"));
  EXPECT_NE(Upload(lost.token()), kSuccess);
}

TEST_F(TaskArtifactsTest, WithoutASignerNothingIsSigned) {
  ASSERT_THAT(Generate(), IsOk());
  EXPECT_TRUE(std::filesystem::exists(temp_.Path("artifacts/public/chain-of-trust.json")));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("artifacts/public/chain-of-trust.json.sig")));
}

}  // namespace
}  // namespace scriptworker::worker
