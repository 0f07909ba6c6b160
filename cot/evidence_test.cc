// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/cot_schema.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/queue_client.h"

namespace cot {
namespace {

using ::scriptworker::http::FunctionTransport;
using ::scriptworker::http::MakeResponse;
using ::scriptworker::http::Request;
using ::scriptworker::http::Response;
using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kDocker =
    R"({"provisionerId": "gecko-3", "workerType": "b-linux", "payload": {"image": "x"}})";

// "build public/a?" for what may be absent, "!" for what is kept open.
std::string Show(const PlannedArtifact& artifact) {
  return absl::StrCat(ToString(artifact.link->type()), " ", artifact.name,
                      artifact.optional ? "?" : "",
                      artifact.keep_open == KeepOpen::kYes ? "!" : "");
}

class PlanArtifactsTest : public ::testing::Test {
 protected:
  // Plans for a target with these upstreamArtifacts (all of the build task), when
  // the build has these artifacts.
  std::vector<std::string> Plan(std::string_view entries) {
    const Link target =
        MakeLink("signing", kTargetId,
                 absl::StrCat(R"({"payload": {"upstreamArtifacts": [)", entries, "]}}"),
                 Link::Role::kTarget);
    chain_ = std::make_unique<Chain>(
        target, std::vector<Link>{MakeLink("signing:parent", kDecisionId, kDocker),
                                  MakeLink("signing:build", kBuildId, kDocker)});
    TrustedCots cots;
    for (const Link& link : chain_->upstream()) {
      if (link.task_id().str() == distrusted_) continue;
      cots.emplace(link.task_id(), Trust(link));
    }
    const auto queue = scriptworker::taskcluster::QueueClient::Create(
        "https://tc.example", transport_, clock_, std::nullopt,
        {.retry = scriptworker::RetryPolicy{.attempts = 1}});
    const std::vector<PlannedArtifact> plan =
        PlanArtifacts(*chain_, cots, **queue, {}, cancellation_.token(), findings_, errors_);
    std::vector<std::string> shown;
    for (const PlannedArtifact& artifact : plan) shown.push_back(Show(artifact));
    return shown;
  }

  static TrustedCotBody Trust(const Link& link) {
    const auto schema = LoadCotSchema("");
    return *TrustWithoutSignature(
        link,
        absl::StrCat(R"({"chainOfTrustVersion": 1, "environment": {}, "runId": 0,
                         "workerGroup": "g", "workerId": "w", "artifacts": {}, "taskId": ")",
                     link.task_id().str(), R"(", "task": )",
                     scriptworker::json::FormatCompact(link.task().raw()), "}"),
        *schema, SkipSignatureCheck());
  }

  Response answer_ = MakeResponse(200, R"({"artifacts": [
      {"name": "public/a.log", "storageType": "s3", "contentType": "x", "expires": "2027-05-01T10:00:00.000Z"},
      {"name": "public/b.log", "storageType": "s3", "contentType": "x", "expires": "2027-05-01T10:00:00.000Z"}]})");
  scriptworker::SystemClock clock_;
  FunctionTransport transport_{
      [this](const Request&) -> absl::StatusOr<Response> { return answer_; }};
  scriptworker::CancellationSource cancellation_;
  std::unique_ptr<Chain> chain_;
  std::string distrusted_;
  std::vector<Finding> findings_;
  std::vector<absl::Status> errors_;
};

std::string Entry(std::string_view paths, std::string_view optional = "false") {
  return absl::StrCat(R"({"taskType": "build", "taskId": ")", kBuildId, R"(", "paths": [)", paths,
                      R"(], "optional": )", optional, "}");
}

TEST_F(PlanArtifactsTest, ControlFilesAreForRulesTheRestIsForTheScript) {
  EXPECT_THAT(Plan(Entry(R"("public/z", "public/a")")),
              ElementsAre("decision public/actions.json!", "decision public/parameters.yml!",
                          "decision public/task-graph.json!", "build public/a", "build public/z"));
  EXPECT_THAT(transport_.requests(), IsEmpty());  // no pattern, no list
}

TEST_F(PlanArtifactsTest, PatternsAreExpandedByTheQueuesList) {
  const std::vector<std::string> plan = Plan(Entry(R"("public/*.log", "public/a.log")", "true"));
  EXPECT_THAT(plan, SizeIs(5));
  EXPECT_EQ(plan[3], "build public/a.log?");
  EXPECT_EQ(plan[4], "build public/b.log?");
  EXPECT_THAT(transport_.requests(), SizeIs(1));
}

TEST_F(PlanArtifactsTest, OptionalInOneEntryIsOptional) {
  const std::vector<std::string> plan =
      Plan(absl::StrCat(Entry(R"("public/a")"), ",", Entry(R"("public/a")", "true")));
  EXPECT_EQ(plan.back(), "build public/a?");
}

TEST_F(PlanArtifactsTest, ATaskWithoutTrustedBodyIsLeftOut) {
  distrusted_ = kDecisionId;
  EXPECT_THAT(Plan(Entry(R"("public/a")")), ElementsAre("build public/a"));
}

TEST_F(PlanArtifactsTest, AnAliasOfAMandatoryArtifactIsAViolationAndNoneOfThemIsFetched) {
  EXPECT_THAT(
      Plan(absl::StrCat(Entry(R"("public/a.zip")"), ",", Entry(R"("public/a%2Ezip")", "true"))),
      SizeIs(3));
  EXPECT_THAT(ViolationsOf(findings_), ElementsAre(Violation::kArtifactPathTwice));
}

TEST_F(PlanArtifactsTest, AListThatCannotBeHadIsUnavailableEvidence) {
  answer_ = MakeResponse(503, "{}");
  EXPECT_THAT(Plan(Entry(R"("public/*")", "true")), SizeIs(3));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_TRUE(absl::IsUnavailable(errors_[0]));
}

}  // namespace
}  // namespace cot
