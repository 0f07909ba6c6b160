// SPDX-License-Identifier: MPL-2.0
#include "cot/evidence/artifact_plan.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"

namespace cot {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr std::string_view kDocker =
    R"({"provisionerId": "gecko-3", "workerType": "b-linux", "payload": {"image": "x"}})";

// Entries of upstreamArtifacts, all of the build task.
std::string Entry(std::string_view paths, std::string_view optional = "false") {
  return absl::StrCat(R"({"taskType": "build", "taskId": ")", kBuildId, R"(", "paths": [)", paths,
                      R"(], "optional": )", optional, "}");
}
std::vector<UpstreamArtifacts> Parse(std::string_view entries) {
  return ParseUpstreamArtifacts(
             Task(absl::StrCat(R"({"payload": {"upstreamArtifacts": [)", entries, "]}}")))
      .value();
}

// "public/a?" for what may be absent, "!" for what is kept open.
std::vector<std::string> Plan(const Link& link, std::string_view entries,
                              std::vector<Finding>* findings = nullptr) {
  std::vector<Finding> found;
  std::vector<std::string> shown;
  for (const PlannedArtifact& artifact :
       PlanArtifacts(link, Parse(entries), {"public/a.log", "public/b.log", "public/other"},
                     findings == nullptr ? found : *findings)) {
    shown.push_back(absl::StrCat(artifact.name, artifact.optional ? "?" : "",
                                 artifact.keep_open == KeepOpen::kYes ? "!" : ""));
  }
  EXPECT_THAT(found, IsEmpty());
  return shown;
}

Link Build() { return MakeLink("signing:build", kBuildId, kDocker); }
Link Decision() { return MakeLink("signing:parent", kDecisionId, kDocker); }
Link Action() {
  return MakeLink("signing:action", kDecisionId,
                  R"({"provisionerId": "gecko-3", "payload": {"image": "x"},
                      "extra": {"action": {}}})");
}

TEST(PlanArtifactsTest, WhatTheScriptWantsIsSortedAndEachOnce) {
  EXPECT_THAT(
      Plan(Build(), absl::StrCat(Entry(R"("public/z", "public/a")"), ",", Entry(R"("public/z")"))),
      ElementsAre("public/a", "public/z"));
}

TEST(PlanArtifactsTest, ControlFilesAreForRulesAndStayOpen) {
  EXPECT_THAT(
      Plan(Decision(), Entry(R"("public/a")")),
      ElementsAre("public/actions.json!", "public/parameters.yml!", "public/task-graph.json!"));
  EXPECT_THAT(Plan(Action(), ""), ElementsAre("public/task-graph.json!"));
}

TEST(PlanArtifactsTest, PatternsAreExpandedByTheList) {
  EXPECT_THAT(Plan(Build(), Entry(R"("public/*.log", "public/a.log")", "true")),
              ElementsAre("public/a.log?", "public/b.log?"));
}

TEST(PlanArtifactsTest, OptionalInOneEntryIsOptional) {
  EXPECT_THAT(
      Plan(Build(), absl::StrCat(Entry(R"("public/a")"), ",", Entry(R"("public/a")", "true"))),
      ElementsAre("public/a?"));
}

TEST(PlanArtifactsTest, MorePatternsThanCanBeTriedAreAViolation) {
  std::string patterns;
  for (int i = 0; i < 1001; ++i) absl::StrAppend(&patterns, i == 0 ? "\"" : ", \"", i, "*\"");
  const std::vector<UpstreamArtifacts> entries = Parse(Entry(patterns));
  const std::vector<std::string> available(kMaxPatternTrials / 1000, "public/a");
  std::vector<Finding> findings;
  EXPECT_THAT(PlanArtifacts(Build(), entries, available, findings), IsEmpty());
  EXPECT_THAT(ViolationsOf(findings), ElementsAre(Violation::kMalformedDependency));
}

TEST(PlanArtifactsTest, AsManyPatternsAsCanBeTriedAreAndThoseOfOtherTasksDoNotCount) {
  // A hundred more are of the decision task.
  constexpr int kPatterns = 500;
  static_assert(kMaxPatternTrials % kPatterns == 0);
  std::string of_build = "\"public/a\"";
  std::string of_decision = "\"other\"";
  for (int i = 0; i < kPatterns; ++i) absl::StrAppend(&of_build, ", \"", i, "*\"");
  for (int i = 0; i < 100; ++i) absl::StrAppend(&of_decision, ", \"public/", i, "*\"");
  const std::string other = absl::StrReplaceAll(Entry(of_decision), {{kBuildId, kDecisionId}});
  const std::vector<UpstreamArtifacts> entries = Parse(absl::StrCat(Entry(of_build), ",", other));
  std::vector<std::string> available(kMaxPatternTrials / kPatterns, "x");
  std::vector<Finding> findings;
  // Cancelled, as to try them all takes seconds.
  scriptworker::CancellationSource source;
  source.Cancel(absl::CancelledError("enough"));
  EXPECT_THAT(PlanArtifacts(Build(), entries, available, findings, source.token()),
              ElementsAre(Field(&PlannedArtifact::name, "public/a")));
  EXPECT_THAT(ViolationsOf(findings), IsEmpty());
  available.emplace_back("x");
  EXPECT_THAT(PlanArtifacts(Build(), entries, available, findings), IsEmpty());
  EXPECT_THAT(ViolationsOf(findings), ElementsAre(Violation::kMalformedDependency));
}

TEST(PlanArtifactsTest, AnAliasIsAViolationAndNoneOfThemIsPlanned) {
  std::vector<Finding> findings;
  EXPECT_THAT(
      Plan(Build(),
           absl::StrCat(Entry(R"("public/a.zip")"), ",", Entry(R"("public/a%2Ezip")", "true")),
           &findings),
      IsEmpty());
  EXPECT_THAT(ViolationsOf(findings), ElementsAre(Violation::kArtifactPathTwice));
}

}  // namespace
}  // namespace cot
