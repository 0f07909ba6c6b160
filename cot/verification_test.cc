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
  const Verdict verdict = verification_->verdict.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_THAT(ViolationsOf(verdict.findings), ElementsAre(Violation::kEmptyChain));
}

TEST_F(VerificationTest, WithoutAChainNoFurtherStepRuns) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.verdict.Add(ToStatus({.violation = Violation::kMalformedTask, .message = "no payload"}));
    return 1;
  });
  bool ran = false;
  verification_->Run(Step::kSignatures, [&](Verification&) {
    ran = true;
    return 1;
  });
  EXPECT_FALSE(ran);
  EXPECT_EQ(verification_->verdict.Finish().steps.size(), 1);
}

TEST_F(VerificationTest, AfterAFaultOfThisMachineNoFurtherStepRuns) {
  verification_->Run(Step::kBuildChain, [](Verification& v) {
    v.verdict.Add(absl::InternalError("the disk is full"));
    return 1;
  });
  EXPECT_TRUE(verification_->verdict.failed());
  verification_->Run(Step::kBuildChain, [](Verification&) -> int {
    ADD_FAILURE();
    return 1;
  });
  EXPECT_EQ(verification_->verdict.Finish().steps.size(), 1);
}

TEST_F(VerificationTest, WhatWasCancelledDoesNotGoOn) {
  cancellation_.Cancel(absl::CancelledError("shutting down"));
  verification_->Run(Step::kBuildChain, [](Verification&) -> int {
    ADD_FAILURE();
    return 1;
  });
  EXPECT_EQ(verification_->verdict.Finish().outcome, Verdict::Outcome::kFailed);
}

TEST_F(VerificationTest, TheVerdictSaysWhoseItIs) {
  const Verdict verdict = verification_->verdict.Finish();
  EXPECT_EQ(verdict.task_id, kTargetId);
  EXPECT_EQ(verdict.task_type, "signing");
  EXPECT_EQ(verdict.product, "firefox");
}

}  // namespace
}  // namespace cot
