// SPDX-License-Identifier: MPL-2.0
#include "cot/verification.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_schema.h"
#include "cot/testing/links.h"
#include "cot/verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A verification without evidence: its steps are the test's.
class VerificationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto queue = scriptworker::taskcluster::QueueClient::Create("https://tc.example.com",
                                                                transport_, clock_, std::nullopt);
    ASSERT_THAT(queue, IsOk());
    queue_ = *std::move(queue);
    sources_ = std::make_unique<EvidenceSources>(EvidenceSources{*queue_, transport_, clock_});
    verification_ = std::make_unique<Verification>(request_, BuiltInPolicy(),
                                                   BuiltInProduct("firefox"), *LoadCotSchema(""),
                                                   *sources_, logger_, cancellation_.token());
  }

  scriptworker::http::FunctionTransport transport_{
      [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); }};
  scriptworker::SystemClock clock_;
  scriptworker::TempDir work_dir_;
  std::unique_ptr<scriptworker::taskcluster::QueueClient> queue_;
  std::unique_ptr<EvidenceSources> sources_;
  VerifyRequest request_{.task_id = *TaskId::Parse(kTargetId),
                         .task = Task(),
                         .name = "signing",
                         .product = "firefox",
                         .work_dir = work_dir_.path()};
  scriptworker::MemoryLogger logger_;
  scriptworker::CancellationSource cancellation_;
  std::unique_ptr<Verification> verification_;
};

TEST_F(VerificationTest, AStepThatChecksNothingIsAViolation) {
  verification_->Run(Step::kBuildChain, [](Verification&) { return 0; });
  const Verdict verdict = verification_->Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_THAT(ViolationsOf(verdict.findings), ElementsAre(Violation::kEmptyChain));
}

TEST_F(VerificationTest, NothingIsAccusedTwiceIfAStepHadNothingToCheckForAKnownReason) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(ToStatus({.violation = Violation::kTaskMissing, .message = "no task"}));
    return 0;
  });
  EXPECT_THAT(ViolationsOf(verification_->Finish().findings), ElementsAre(Violation::kTaskMissing));
}

TEST_F(VerificationTest, WithoutAChainNoFurtherStepRuns) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(ToStatus({.violation = Violation::kMalformedTask, .message = "no payload"}));
    return 1;
  });
  bool ran = false;
  verification_->Run(Step::kSignatures, [&](Verification&) {
    ran = true;
    return 1;
  });
  EXPECT_FALSE(ran);
  EXPECT_EQ(verification_->Finish().steps.size(), 1);
}

TEST_F(VerificationTest, WhatCannotBeHadIsNoViolation) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(absl::UnavailableError("the server is down"));
    return 1;
  });
  const Verdict verdict = verification_->Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kEvidenceUnavailable);
  EXPECT_THAT(verdict.findings, IsEmpty());
  EXPECT_THAT(verdict.unavailable, ElementsAre("the server is down"));
}

TEST_F(VerificationTest, AFaultOfThisMachineIsNoVerdictAboutTheChain) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(absl::InternalError("the disk is full"));
    return 1;
  });
  const Verdict verdict = verification_->Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kFailed);
  EXPECT_EQ(ToStatus(verdict).code(), absl::StatusCode::kInternal);
}

TEST_F(VerificationTest, AFaultOfThisMachineDoesNotHideAViolation) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(absl::InternalError("the disk is full"));
    v.Add(ToStatus({.violation = Violation::kTaskMissing, .message = "no task"}));
    return 2;
  });
  const Verdict verdict = verification_->Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_EQ(verdict.failure.message(), "the disk is full");
}

TEST_F(VerificationTest, AFaultOfThisMachineDoesNotHideWhatWasLeftToTheLastStep) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.source_findings.push_back({.violation = Violation::kSourceMismatch, .message = "other"});
    v.Add(absl::InternalError("the disk is full"));
    return 1;
  });
  const Verdict verdict = verification_->Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_THAT(ViolationsOf(verdict.findings), ElementsAre(Violation::kSourceMismatch));
}

TEST_F(VerificationTest, ACancelledVerificationIsNoVerdictWhateverItHasFound) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(ToStatus({.violation = Violation::kTaskMissing, .message = "no task"}));
    return 1;
  });
  cancellation_.Cancel(absl::CancelledError("shutting down"));
  EXPECT_EQ(verification_->Finish().outcome, Verdict::Outcome::kFailed);
}

TEST_F(VerificationTest, FindingsBeyondTheCapAreCounted) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.Add(std::vector<Finding>(Verification::kMaxFindings + 5, Finding{.message = "again"}));
    return 1;
  });
  const Verdict verdict = verification_->Finish();
  EXPECT_EQ(verdict.findings.size(), Verification::kMaxFindings);
  EXPECT_EQ(verdict.findings_left_out, 5);
  EXPECT_EQ(verdict.steps[0].violations, static_cast<int>(Verification::kMaxFindings) + 5);
}

}  // namespace
}  // namespace cot
