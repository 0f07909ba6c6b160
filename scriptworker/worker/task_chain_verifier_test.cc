// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_chain_verifier.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cot/chain/violation.h"
#include "cot/testing/small_chain.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::cot::SmallChain;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

class TaskChainVerifierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    config_.policy = std::make_shared<const cot::Policy>(chain_.policy());
    config_.directories.work_dir = dirs_.work_dir();
    config_.verification.verify_chain_of_trust = true;
    config_.verification.verify_cot_signature = true;
    config_.verification.cot_job_type = "signing";
    config_.verification.cot_product = "adhoc";
    ASSERT_THAT(MakeDirs(dirs_.task_log_dir()), IsOk());
    ASSERT_THAT(MakeDirs(dirs_.work_dir()), IsOk());
  }

  absl::Status Verify() { return VerifyOften(chain_, 1); }

  // `times` times, by one verifier, with nothing left of the time before.
  absl::Status VerifyOften(http::Transport& transport, int times) {
    if (chain_.answers.empty()) chain_.Publish();
    auto queue =
        taskcluster::QueueClient::Create(std::string(cot::kSmallRootUrl), chain_, clock_,
                                         std::nullopt, {.retry = RetryPolicy{.attempts = 1}});
    if (!queue.ok()) return queue.status();
    absl::StatusOr<LogFormat> format = LogFormat::Create({.format = "%(levelname)s %(message)s"});
    if (!format.ok()) return format.status();
    const json::Value definition = chain_.tasks.find(cot::kSmallTarget)->second;
    const taskcluster::ClaimedTask task{
        .task_id = *taskcluster::TaskId::Parse(cot::kSmallTarget),
        .run_id = 0,
        .worker_group = "g",
        .worker_id = "i",
        .taken_until = absl::InfiniteFuture(),
        .definition = definition,
        .task = taskcluster::TaskDefinition::FromJson(definition, "the claim"),
        .credentials = {},
        .status = {},
        .server_time = std::nullopt};
    TaskChainVerifier verifier(config_, *format,
                               {.queue = **queue,
                                .transport = transport,
                                .clock = clock_,
                                .logger = worker_log_,
                                .redactor = redactor_,
                                .dirs = dirs_});
    absl::Status status = verifier.Verify(task, cancellation_.token());
    for (int i = 1; i < times && status.ok(); ++i) {
      EXPECT_THAT(RemoveTree(JoinPath(dirs_.work_dir(), "cot")), IsOk());
      status = verifier.Verify(task, cancellation_.token());
    }
    return status;
  }
  absl::StatusOr<std::string> Log() const { return ReadFile(dirs_.chain_of_trust_log()); }

  SmallChain chain_;
  TempDir home_;
  const WorkDir dirs_{home_.Path("work"), home_.Path("artifacts"),
                      home_.Path("artifacts/public/logs")};
  Config config_;
  SystemClock clock_;
  MemoryLogger worker_log_;
  SecretRedactor redactor_;
  CancellationSource cancellation_;
};

TEST_F(TaskChainVerifierTest, AGoodChainIsVerifiedAndItsLogIsAmongTheArtifacts) {
  EXPECT_THAT(Verify(), IsOk());
  EXPECT_THAT(Log(), IsOkAndHolds(HasSubstr("INFO Good.\n")));
  EXPECT_THAT(ListFiles(dirs_.work_dir())->files,
              Contains(HasSubstr("cot/BuildBAAQACAAAAAAAAAAA/public/target.zip")));
}

TEST_F(TaskChainVerifierTest, TheTaskThatRunsNeedsNoFileOfItsOwn) {
  EXPECT_THAT(Verify(), IsOk());
  EXPECT_THAT(chain_.requests(), Not(Contains(HasSubstr(std::string(cot::kSmallTarget)))));
}

TEST_F(TaskChainVerifierTest, ARefusedChainIsPermissionDeniedByName) {
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(cot::kSmallBuild, "public/chain-of-trust.json.sig")].body =
      "x";
  const absl::Status refused = Verify();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied));
  const std::optional<cot::Finding> finding = cot::GetFinding(refused);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->violation, cot::Violation::kBadSignature);
  EXPECT_THAT(Log(), IsOkAndHolds(HasSubstr("CRITICAL Chain of Trust verification error!")));
}

TEST_F(TaskChainVerifierTest, SignaturesThatAreNotCheckedAreSaidToBe) {
  config_.verification.verify_cot_signature = false;
  chain_.Publish();
  chain_.answers.erase(SmallChain::ArtifactUrl(cot::kSmallBuild, "public/chain-of-trust.json.sig"));
  EXPECT_THAT(Verify(), IsOk());
  EXPECT_THAT(Log(), IsOkAndHolds(HasSubstr("WARNING Not checked: the signatures of all")));
}

// GitHub as it answers: with an ETag, and 304 to whoever names the present one.
class WithEtags final : public http::Transport {
 public:
  explicit WithEtags(http::Transport& chain) : chain_(chain) {}

  absl::StatusOr<http::Response> Send(const http::Request& request) override {
    absl::StatusOr<http::Response> response = chain_.Send(request);
    if (!response.ok() || !response->ok() || request.url.host() != "api.github.com") {
      return response;
    }
    const std::string etag =
        absl::StrCat("\"", crypto::HexEncode(crypto::Sha256(response->body)), "\"");
    const bool is_known = request.headers.Find("If-None-Match") == etag;
    if (is_known) {
      response->status = 304;
      response->body.clear();
    } else {
      response->headers.Set("ETag", etag);
    }
    absl::MutexLock lock(&mutex_);
    (is_known ? confirmed_ : told_).push_back(request.url.ToString());
    return response;
  }
  std::vector<std::string> told() const {
    absl::MutexLock lock(&mutex_);
    return told_;
  }
  std::vector<std::string> confirmed() const {
    absl::MutexLock lock(&mutex_);
    return confirmed_;
  }

 private:
  http::Transport& chain_;
  mutable absl::Mutex mutex_;
  std::vector<std::string> told_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> confirmed_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(TaskChainVerifierTest, WhatGithubHasToldOneVerificationTheNextHasConfirmed) {
  WithEtags transport(chain_);
  EXPECT_THAT(VerifyOften(transport, 2), IsOk());
  EXPECT_THAT(transport.told(), Not(IsEmpty()));
  EXPECT_THAT(transport.confirmed(), UnorderedElementsAreArray(transport.told()));
}

// Holds each download until there are as many as there may be, and one more if it comes.
class CountsDownloads final : public http::Transport {
 public:
  CountsDownloads(http::Transport& chain, int limit) : chain_(chain), limit_(limit) {}

  absl::StatusOr<http::Response> Send(const http::Request& request) override {
    if (!absl::StrContains(request.url.ToString(), "/artifacts/")) return chain_.Send(request);
    {
      absl::MutexLock lock(&mutex_);
      most_ = std::max(most_, ++now_);
      // However slow the machine is, as many come as may; then there is time for one too many.
      mutex_.AwaitWithTimeout(
          absl::Condition(
              +[](CountsDownloads* self) { return self->most_ >= self->limit_; }, this),
          absl::Seconds(30));
      mutex_.AwaitWithTimeout(
          absl::Condition(
              +[](CountsDownloads* self) { return self->most_ > self->limit_; }, this),
          absl::Milliseconds(50));
    }
    absl::StatusOr<http::Response> response = chain_.Send(request);
    absl::MutexLock lock(&mutex_);
    --now_;
    return response;
  }
  int most() const {
    absl::MutexLock lock(&mutex_);
    return most_;
  }

 private:
  http::Transport& chain_;
  const int limit_;
  mutable absl::Mutex mutex_;
  int now_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST_F(TaskChainVerifierTest, AsManyArtifactsAreDownloadedAtOnceAsConfiguredAndNoMore) {
  for (const int limit : {1, 2, 3}) {
    config_.verification.max_concurrent_downloads = limit;
    ASSERT_THAT(RemoveTree(JoinPath(dirs_.work_dir(), "cot")), IsOk());
    CountsDownloads transport(chain_, limit);
    EXPECT_THAT(VerifyOften(transport, 1), IsOk());
    EXPECT_EQ(transport.most(), limit);
  }
}

TEST_F(TaskChainVerifierTest, AShutdownIsTheTokensReason) {
  cancellation_.Cancel(absl::CancelledError("the worker shuts down"));
  EXPECT_THAT(Verify(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(TaskChainVerifierTest, ADefinitionThatCannotBeReadIsThatError) {
  chain_.tasks[std::string(cot::kSmallTarget)] = json::Value("no task");
  const absl::Status status = Verify();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(status.message(), HasSubstr("the claim"));
}

TEST_F(TaskChainVerifierTest, WithoutAFolderForTheLogTheMachineIsToBlame) {
  ASSERT_THAT(RemoveTree(dirs_.artifact_dir()), IsOk());
  EXPECT_THAT(Verify(), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace scriptworker::worker
