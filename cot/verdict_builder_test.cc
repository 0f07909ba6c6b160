// SPDX-License-Identifier: MPL-2.0
#include "cot/verdict_builder.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "cot/verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using Emptiness = VerdictBuilder::Emptiness;

class VerdictBuilderTest : public testing::Test {
 protected:
  void RunStep(absl::FunctionRef<int()> check, Emptiness emptiness = Emptiness::kIsAViolation) {
    builder_.RunStep(Step::kArtifacts, check, [&] { return emptiness; });
  }

  scriptworker::SimulatedClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  scriptworker::http::FunctionTransport nobody_{
      [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); }};
  const std::unique_ptr<scriptworker::taskcluster::QueueClient> queue_ =
      *scriptworker::taskcluster::QueueClient::Create("https://tc.example.com", nobody_, clock_,
                                                      std::nullopt);
  scriptworker::MemoryLogger logger_;
  scriptworker::CancellationSource cancellation_;
  VerdictBuilder builder_{
      {.task_id = std::string(kTargetId)}, *queue_, clock_, logger_, cancellation_.token()};
};

TEST_F(VerdictBuilderTest, WithNothingWrongItIsVerified) {
  RunStep([] { return 3; });
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kVerified);
  EXPECT_EQ(verdict.task_id, kTargetId);
  EXPECT_EQ(verdict.steps[0].checks, 3);
  EXPECT_EQ(verdict.steps[0].violations, 0);
}

TEST_F(VerdictBuilderTest, AStepThatChecksNothingIsAViolation) {
  RunStep([] { return 0; });
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_THAT(ViolationsOf(verdict.findings), ElementsAre(Violation::kEmptyChain));
  EXPECT_EQ(verdict.steps[0].violations, 1);
}

TEST_F(VerdictBuilderTest, AStepThatHasNothingToCheckIsFine) {
  RunStep([] { return 0; }, Emptiness::kIsFine);
  EXPECT_EQ(builder_.Finish().outcome, Verdict::Outcome::kVerified);
}

TEST_F(VerdictBuilderTest, NothingIsAccusedTwiceIfAStepHadNothingToCheckForAKnownReason) {
  RunStep([&] {
    builder_.Add(ToStatus({.violation = Violation::kTaskMissing, .message = "no task"}));
    return 0;
  });
  EXPECT_THAT(ViolationsOf(builder_.Finish().findings), ElementsAre(Violation::kTaskMissing));
}

TEST_F(VerdictBuilderTest, AStepSaysHowLongItTookAndWhatItFound) {
  RunStep([&] {
    clock_.AdvanceTime(absl::Seconds(3));
    builder_.Add({{.violation = Violation::kTaskMissing, .message = "no task"},
                  {.violation = Violation::kMalformedTask, .message = "no payload"}});
    return 2;
  });
  EXPECT_THAT(logger_.lines(), ElementsAre(testing::EndsWith("no task\nno payload")));
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.steps[0].duration, absl::Seconds(3));
  EXPECT_EQ(verdict.steps[0].violations, 2);
}

TEST_F(VerdictBuilderTest, WhatCannotBeHadIsNoViolation) {
  builder_.Add(absl::UnavailableError("the server is down"));
  EXPECT_FALSE(builder_.failed());
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kEvidenceUnavailable);
  EXPECT_THAT(verdict.findings, IsEmpty());
  EXPECT_THAT(verdict.unavailable, ElementsAre("the server is down"));
}

TEST_F(VerdictBuilderTest, AFaultOfThisMachineIsNoVerdictAboutTheChain) {
  builder_.Add(absl::InternalError("the disk is full"));
  EXPECT_TRUE(builder_.failed());
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kFailed);
  EXPECT_EQ(ToStatus(verdict).code(), absl::StatusCode::kInternal);
}

TEST_F(VerdictBuilderTest, AFaultOfThisMachineDoesNotHideAViolation) {
  builder_.Add(absl::InternalError("the disk is full"));
  builder_.Add(ToStatus({.violation = Violation::kTaskMissing, .message = "no task"}));
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_EQ(verdict.failure.message(), "the disk is full");
}

TEST_F(VerdictBuilderTest, AFaultOfThisMachineDoesNotHideWhatWasLeftToTheLastStep) {
  builder_.LeaveToSourceTree({.violation = Violation::kSourceMismatch, .message = "other"});
  builder_.Add(absl::InternalError("the disk is full"));
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.outcome, Verdict::Outcome::kRefused);
  EXPECT_THAT(ViolationsOf(verdict.findings), ElementsAre(Violation::kSourceMismatch));
}

TEST_F(VerdictBuilderTest, WhatTheLastStepHasTakenIsNotSaidTwice) {
  builder_.LeaveToSourceTree({.violation = Violation::kSourceMismatch, .message = "other"});
  builder_.Add(builder_.TakeLeftToSourceTree());
  EXPECT_THAT(ViolationsOf(builder_.Finish().findings), ElementsAre(Violation::kSourceMismatch));
}

TEST_F(VerdictBuilderTest, ACancelledVerificationIsNoVerdictWhateverItHasFound) {
  builder_.Add(ToStatus({.violation = Violation::kTaskMissing, .message = "no task"}));
  cancellation_.Cancel(absl::CancelledError("shutting down"));
  EXPECT_EQ(builder_.Finish().outcome, Verdict::Outcome::kFailed);
}

TEST_F(VerdictBuilderTest, FindingsBeyondTheCapAreCounted) {
  RunStep([&] {
    builder_.Add(std::vector<Finding>(VerdictBuilder::kMaxFindings + 5, Finding{.message = "no"}));
    return 1;
  });
  EXPECT_TRUE(builder_.HasFault(*TaskId::Parse(kBuildId))) << "it may be among those left out";
  const Verdict verdict = builder_.Finish();
  EXPECT_EQ(verdict.findings.size(), VerdictBuilder::kMaxFindings);
  EXPECT_EQ(verdict.findings_left_out, 5);
  EXPECT_EQ(verdict.steps[0].violations, static_cast<int>(VerdictBuilder::kMaxFindings) + 5);
}

TEST_F(VerdictBuilderTest, AFaultOfOneTaskIsNoneOfAnother) {
  builder_.Add({{.task_id = std::string(kBuildId), .message = "no"}});
  EXPECT_TRUE(builder_.HasFault(*TaskId::Parse(kBuildId)));
  EXPECT_FALSE(builder_.HasFault(*TaskId::Parse(kDecisionId)));
  builder_.Add(absl::UnavailableError("the server is down"));
  EXPECT_TRUE(builder_.HasFault(*TaskId::Parse(kDecisionId)));
}

TEST_F(VerdictBuilderTest, AFindingWithoutASourceIsOfTheTasksDefinition) {
  builder_.Add({{.task_id = std::string(kBuildId)}, {.task_id = "none", .source = "elsewhere"}});
  EXPECT_THAT(builder_.Finish().findings,
              ElementsAre(Field(&Finding::source,
                                "https://tc.example.com/api/queue/v1/task/BuildBAAQACAAAAAAAAAAA"),
                          Field(&Finding::source, "elsewhere")));
}

TEST_F(VerdictBuilderTest, TheTargetIsTheFirstLinkAndATrustedOneHasItsKey) {
  builder_.AddLinks({{.name = "build", .task_id = std::string(kBuildId)},
                     {.name = "decision", .task_id = std::string(kDecisionId)},
                     {.name = "signing", .task_id = std::string(kTargetId), .is_target = true}});
  builder_.MarkTrusted(*TaskId::Parse(kDecisionId), "the key");
  const Verdict verdict = builder_.Finish();
  EXPECT_THAT(verdict.links,
              ElementsAre(Field(&LinkVerdict::name, "signing"), Field(&LinkVerdict::name, "build"),
                          Field(&LinkVerdict::name, "decision")));
  EXPECT_FALSE(verdict.links[1].cot_trusted);
  EXPECT_TRUE(verdict.links[2].cot_trusted);
  EXPECT_EQ(verdict.links[2].key, "the key");
}

}  // namespace
}  // namespace cot
