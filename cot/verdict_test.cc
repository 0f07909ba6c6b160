// SPDX-License-Identifier: MPL-2.0
#include "cot/verdict.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "cot/violation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

Verdict Refused() {
  return {.outcome = Verdict::Outcome::kRefused,
          .task_id = "S",
          .task_type = "signing",
          .product = "firefox",
          .steps = {{.step = Step::kBuildChain, .checks = 2, .duration = absl::Milliseconds(250)},
                    {.step = Step::kSignatures,
                     .checks = 2,
                     .violations = 1,
                     .duration = absl::Milliseconds(500)}},
          .links = {{.name = "signing",
                     .task_id = "S",
                     .task_type = "signing",
                     .worker_impl = "scriptworker",
                     .worker_pool = "scriptworker-k8s/gecko-3-signing",
                     .is_target = true},
                    {.name = "signing:parent",
                     .task_id = "D",
                     .task_type = "decision",
                     .worker_impl = "docker-worker",
                     .worker_pool = "gecko-3/decision",
                     .cot_trusted = true,
                     .key = "a2V5"},
                    {.name = "signing:build",
                     .task_id = "B",
                     .task_type = "build",
                     .worker_impl = "docker-worker",
                     .worker_pool = "gecko-3/b-linux"},
                    {.name = "signing:build:docker-image",
                     .task_id = "I",
                     .task_type = "docker-image",
                     .worker_impl = "docker-worker",
                     .worker_pool = "gecko-3/images",
                     .cot_trusted = true}},
          .artifacts = {{.task_id = "D",
                         .name = "public/actions.json",
                         .path = "cot/D/public/actions.json",
                         .hashes = {{"sha256", "00"}},
                         .size = 3}},
          .absent = {{.task_id = "B", .name = "public/x", .reason = "it is gone"}},
          .findings = {{.violation = Violation::kBadSignature,
                        .step = Step::kSignatures,
                        .link_name = "signing:build",
                        .task_id = "B",
                        .message = "the signature is bad",
                        .source = "ed25519_public_keys.docker-worker"}},
          .not_checked = {"the weather"}};
}

TEST(VerdictTest, PeopleSeeATreeTheStepsAndABlockPerViolation) {
  EXPECT_EQ(FormatVerdict(Refused()),
            R"(? signing S (scriptworker, scriptworker-k8s/gecko-3-signing) [the task itself]
├─ · signing:parent D (docker-worker, gecko-3/decision)
└─ ✗ signing:build B (docker-worker, gecko-3/b-linux) 1 violation
   └─ · signing:build:docker-image I (docker-worker, gecko-3/images)

1. build the chain                                         2 checks
2. check the chain-of-trust files and their signatures     2 checks, 1 failed

2. signing:build B: the signature is bad [kBadSignature]
    source: ed25519_public_keys.docker-worker

Optional artifacts that are absent:
  B public/x: it is gone

NOT CHECKED:
  the weather

S: refused
)");
}

TEST(VerdictTest, MachinesReadTheSameAsJson) {
  const auto json = ToJson(Refused());
  EXPECT_EQ(scriptworker::json::FormatCompact(*json.Find("violations")),
            R"([{"violation":"kBadSignature","step":2,"link":"signing:build","taskId":"B",)"
            R"("message":"the signature is bad","expected":"","found":"",)"
            R"("source":"ed25519_public_keys.docker-worker","diff":""}])");
  EXPECT_EQ(scriptworker::json::FormatCompact(*json.Find("timings")),
            R"({"1":0.25,"2":0.5,"total":0.75})");
  EXPECT_EQ(scriptworker::json::FormatCompact(*json.Find("artifacts")),
            R"([{"taskId":"D","name":"public/actions.json","size":3,"hashes":{"sha256":"00"}}])");
  EXPECT_EQ(scriptworker::json::FormatCompact(*json.Find("absentOptionalArtifacts")),
            R"([{"taskId":"B","name":"public/x","violation":null,"reason":"it is gone"}])");
  EXPECT_EQ(json.Find("outcome")->string_value(), "refused");
  EXPECT_EQ(json.Find("links")->array().size(), 4);
}

TEST(VerdictTest, EachOutcomeHasItsStatus) {
  Verdict verdict = Refused();
  EXPECT_EQ(ExitStatus(verdict), 3);
  EXPECT_THAT(ToStatus(verdict),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("the signature is bad")));
  EXPECT_EQ(GetFinding(ToStatus(verdict))->violation, Violation::kBadSignature);

  verdict = {.outcome = Verdict::Outcome::kEvidenceUnavailable, .unavailable = {"hg", "queue"}};
  EXPECT_EQ(ExitStatus(verdict), 4);
  EXPECT_THAT(ToStatus(verdict), StatusIs(absl::StatusCode::kUnavailable, "hg\nqueue"));

  verdict = {.outcome = Verdict::Outcome::kFailed, .failure = absl::InternalError("disk full")};
  EXPECT_EQ(ExitStatus(verdict), 5);
  EXPECT_THAT(ToStatus(verdict), StatusIs(absl::StatusCode::kInternal, "disk full"));

  verdict = {.outcome = Verdict::Outcome::kVerified};
  EXPECT_EQ(ExitStatus(verdict), 0);
  EXPECT_THAT(ToStatus(verdict), IsOk());
}

TEST(VerdictTest, AVerdictThatNobodyReachedIsNoSuccess) {
  EXPECT_EQ(ExitStatus(Verdict()), 5);
  EXPECT_THAT(ToStatus(Verdict()), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace cot
