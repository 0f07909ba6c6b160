// SPDX-License-Identifier: MPL-2.0
#include "cot/verdict.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "cot/chain/violation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

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

// Tasks choose names, pools and more; a terminal must not obey them.
TEST(VerdictTest, WhatTasksSayCannotDressUpTheVerdict) {
  const std::string attack =
      "x\n\nS: verified\n\x1b[2J\xc2\x9b"
      "2J\r\x7f\xe2\x80\xae:build";
  Verdict verdict = Refused();
  verdict.links[2].name = attack;
  verdict.links[2].worker_pool = attack;
  verdict.findings[0].link_name = attack;
  verdict.findings[0].message = attack;
  verdict.findings[0].found = attack;
  verdict.absent[0].reason = attack;
  const std::string text = FormatVerdict(verdict);
  EXPECT_THAT(text, Not(HasSubstr("\nS: verified")));
  for (const char* control : {"\x1b", "\x7f", "\r", "\xc2\x9b", "\xe2\x80\xae"}) {
    EXPECT_THAT(text, Not(HasSubstr(control)));
  }
  EXPECT_THAT(text, HasSubstr("\\x1b[2J\\xc2\\x9b2J\\x0d\\x7f\\xe2\\x80\\xae:build"));
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

// docs/verdict.md, as a schema that allows nothing else.
constexpr std::string_view kDocumented = R"json({
  "type": "object", "additionalProperties": false,
  "required": ["version", "outcome", "taskId", "taskType", "cotProduct", "steps", "links",
               "artifacts", "absentOptionalArtifacts", "violations", "violationsLeftOut",
               "unavailable", "notChecked", "failure", "timings"],
  "properties": {
    "version": {"const": 1},
    "outcome": {"enum": ["verified", "refused", "evidence unavailable", "failed"]},
    "taskId": {"type": "string"}, "taskType": {"type": "string"}, "cotProduct": {"type": "string"},
    "steps": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["step", "title", "checks", "violations"],
      "properties": {"step": {"type": "integer", "minimum": 1, "maximum": 7},
                     "title": {"type": "string"}, "checks": {"type": "integer"},
                     "violations": {"type": "integer"}}}},
    "links": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["name", "taskId", "taskType", "workerImplementation", "workerPool", "isTarget",
                   "chainOfTrustTrusted", "signedBy"],
      "properties": {"name": {"type": "string"}, "taskId": {"type": "string"},
                     "taskType": {"type": "string"}, "workerImplementation": {"type": "string"},
                     "workerPool": {"type": "string"}, "isTarget": {"type": "boolean"},
                     "chainOfTrustTrusted": {"type": "boolean"},
                     "signedBy": {"type": ["string", "null"]}}}},
    "artifacts": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["taskId", "name", "size", "hashes"],
      "properties": {"taskId": {"type": "string"}, "name": {"type": "string"},
                     "size": {"type": "integer"},
                     "hashes": {"type": "object", "minProperties": 1,
                                "additionalProperties": {"type": "string"}}}}},
    "absentOptionalArtifacts": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["taskId", "name", "reason", "violation"],
      "properties": {"taskId": {"type": "string"}, "name": {"type": "string"},
                     "reason": {"type": "string"}, "violation": {"type": ["string", "null"]}}}},
    "violations": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["violation", "step", "link", "taskId", "message", "expected", "found",
                   "source", "diff"],
      "properties": {"violation": {"type": "string", "pattern": "^k[A-Z]"},
                     "step": {"type": "integer"}, "link": {"type": "string"},
                     "taskId": {"type": "string"}, "message": {"type": "string"},
                     "expected": {"type": "string"}, "found": {"type": "string"},
                     "source": {"type": "string"}, "diff": {"type": "string"}}}},
    "violationsLeftOut": {"type": "integer", "minimum": 0},
    "unavailable": {"type": "array", "items": {"type": "string"}},
    "notChecked": {"type": "array", "items": {"type": "string"}},
    "failure": {"type": ["string", "null"]},
    "timings": {"type": "object", "required": ["total"],
                "additionalProperties": {"type": "number"}}
  }})json";

TEST(VerdictTest, TheJsonHasTheDocumentedSchema) {
  const auto document = scriptworker::json::Parse(kDocumented);
  ASSERT_THAT(document, IsOk());
  const auto schema = scriptworker::json::Schema::Compile(*document);
  ASSERT_THAT(schema, IsOk());
  Verdict failed;
  failed.failure = absl::InternalError("disk full");
  failed.unavailable = {"hg"};
  for (const Verdict& verdict : {Refused(), failed, Verdict{}}) {
    EXPECT_THAT(schema->Validate(ToJson(verdict)), IsOk());
  }
}

TEST(VerdictTest, TellsHowManyViolationsItDoesNotList) {
  Verdict verdict = Refused();
  verdict.findings_left_out = 7;
  EXPECT_EQ(ToJson(verdict).Find("violationsLeftOut")->int_value(), 7);
  EXPECT_THAT(FormatVerdict(verdict), HasSubstr("... and 7 more violations"));
  EXPECT_THAT(std::string(ToStatus(verdict).message()), HasSubstr("... and 7 more violations"));
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
