// SPDX-License-Identifier: MPL-2.0
#include "cot/verifier.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"
#include "cot/testing/json_edit.h"
#include "cot/testing/links.h"
#include "cot/testing/small_chain.h"
#include "cot/verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::scriptworker::RetryPolicy;
using ::scriptworker::json::Value;
using ::scriptworker::taskcluster::QueueClient;
using ::scriptworker::taskcluster::TaskDefinition;
using ::scriptworker::taskcluster::TaskId;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr RetryPolicy kWithoutPauses = {
    .attempts = 2, .initial = absl::ZeroDuration(), .max = absl::ZeroDuration()};

class VerifierTest : public ::testing::Test {
 protected:
  // Verifies the target of `chain_`, once it is published.
  absl::StatusOr<Verdict> Run(const std::function<void(VerifyRequest&)>& change = {}) {
    if (chain_.answers.empty()) chain_.Publish();
    scriptworker::taskcluster::ApiOptions api;
    api.retry = kWithoutPauses;
    auto queue = QueueClient::Create(kSmallRootUrl, chain_, clock_, credentials_, std::move(api));
    if (!queue.ok()) return queue.status();
    auto task = TaskDefinition::FromJson(chain_.tasks.find(kSmallTarget)->second, "target");
    if (!task.ok()) return task.status();
    VerifyRequest request{.task_id = *TaskId::Parse(kSmallTarget),
                          .task = *std::move(task),
                          .name = "signing",
                          .product = "adhoc",
                          .work_dir = temp_dir_.path(),
                          .retry = kWithoutPauses};
    if (change) change(request);
    policy_ = chain_.policy();
    if (change_policy_) change_policy_(policy_);
    return Verify(request, policy_, {**queue, chain_, clock_}, logger_, cancellation_.token());
  }

  // The violations of the verdict, in order.
  std::vector<Violation> Violations() {
    const auto verdict = Run();
    EXPECT_THAT(verdict, IsOk());
    if (!verdict.ok()) return {};
    EXPECT_EQ(verdict->outcome, Verdict::Outcome::kRefused);
    return ViolationsOf(verdict->findings);
  }

  std::vector<std::string> Files() const {
    return scriptworker::ListFiles(temp_dir_.path())->files;
  }

  SmallChain chain_;
  std::optional<scriptworker::taskcluster::Credentials> credentials_;
  Policy policy_;
  std::function<void(Policy&)> change_policy_;
  scriptworker::SystemClock clock_;
  scriptworker::TempDir temp_dir_;
  scriptworker::MemoryLogger logger_;
  scriptworker::CancellationSource cancellation_;
};

std::string InCot(std::string_view task_id, std::string_view name) {
  return absl::StrCat("cot/", task_id, "/", name);
}

TEST_F(VerifierTest, AGoodChainIsVerifiedByChecksInAllSteps) {
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
  EXPECT_THAT(ToStatus(*verdict), IsOk());
  EXPECT_EQ(verdict->steps.size(), 7);
  EXPECT_THAT(verdict->steps, Each(Field(&StepVerdict::checks, Gt(0))));
  EXPECT_THAT(verdict->not_checked, IsEmpty());
  ASSERT_EQ(verdict->links.size(), 3);
  EXPECT_TRUE(verdict->links[0].is_target);
  EXPECT_EQ(verdict->links[1].name, "signing:parent");
  EXPECT_EQ(verdict->links[1].key, chain_.key.public_key().ToBase64());
  EXPECT_EQ(verdict->links[2].name, "signing:build");
}

TEST_F(VerifierTest, TheScriptFindsWhatWasVerifiedAndNothingElse) {
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(
      Files(),
      ElementsAre(InCot(kSmallBuild, "public/chain-of-trust.json"),
                  InCot(kSmallBuild, "public/logs/a.log"), InCot(kSmallBuild, "public/logs/b.log"),
                  InCot(kSmallBuild, "public/notes.txt"), InCot(kSmallBuild, "public/target.zip"),
                  InCot(kSmallBuild, "task.json"), InCot(kSmallDecision, "public/actions.json"),
                  InCot(kSmallDecision, "public/chain-of-trust.json"),
                  InCot(kSmallDecision, "public/parameters.yml"),
                  InCot(kSmallDecision, "public/task-graph.json"),
                  InCot(kSmallDecision, "task.json")));
  EXPECT_THAT(scriptworker::ReadFile(temp_dir_.Path(InCot(kSmallBuild, "public/target.zip"))),
              IsOkAndHolds("zipped"));
}

TEST_F(VerifierTest, AnArtifactWithTheNameOfTheDefinitionsFileIsWhatTheScriptFinds) {
  chain_.artifacts[std::string(kSmallBuild)]["task.json"] = "an artifact";
  Value& target = chain_.tasks.find(kSmallTarget)->second;
  const Value* upstream = target.Find("payload")->Find("upstreamArtifacts");
  scriptworker::json::Array entries = upstream->array();
  Value entry = entries.front();
  SetAt(entry, "/paths", scriptworker::json::Array{Value("task.json")});
  SetAt(entry, "/optional", false);
  entries.push_back(std::move(entry));
  SetAt(target, "/payload/upstreamArtifacts", std::move(entries));
  std::string& graph = chain_.artifacts[std::string(kSmallDecision)]["public/task-graph.json"];
  Value tasks = scriptworker::json::Parse(graph).value();
  SetAt(tasks, absl::StrCat("/", kSmallTarget, "/task/payload"), *target.Find("payload"));
  graph = scriptworker::json::FormatCompact(tasks);
  // Names outside of public/ are only to be had with credentials.
  credentials_.emplace();
  credentials_->client_id = "me";
  credentials_->access_token = scriptworker::SecretString("secret");
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
  EXPECT_THAT(
      scriptworker::ReadFile(absl::StrCat(temp_dir_.path(), "/", InCot(kSmallBuild, "task.json"))),
      IsOkAndHolds("an artifact"));
}

TEST_F(VerifierTest, AnOptionalArtifactThatIsMissingIsAbsentAndSaid) {
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  ASSERT_EQ(verdict->absent.size(), 1);
  EXPECT_EQ(verdict->absent[0].name, "public/never.txt");
  EXPECT_EQ(verdict->absent[0].violation, "kArtifactNotInCot");
}

TEST_F(VerifierTest, AnOptionalArtifactWithAWrongHashIsAbsentAndSaid) {
  chain_.Publish();
  chain_.answers[absl::StrCat("https://store.example.net/", kSmallBuild, "/public/notes.txt")]
      .body = "Notes";
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified);
  EXPECT_THAT(verdict->absent,
              Contains(Field(&AbsentArtifact::violation, "kArtifactHashMismatch")));
  EXPECT_THAT(Files(), Not(Contains(InCot(kSmallBuild, "public/notes.txt"))));
}

TEST_F(VerifierTest, EachUrlIsFetchedOnce) {
  ASSERT_THAT(Run(), IsOk());
  const std::vector<std::string> requests = chain_.requests();
  EXPECT_EQ(std::set<std::string>(requests.begin(), requests.end()).size(), requests.size());
}

TEST_F(VerifierTest, ADefinitionThatTheQueueDoesNotKnowYetIsAskedForAgain) {
  chain_.Publish();
  chain_.late = {SmallChain::TaskUrl(kSmallBuild)};
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
}

TEST_F(VerifierTest, ACheckedTargetIsALinkToo) {
  chain_.states.clear();
  const auto verdict = Run([](VerifyRequest& request) { request.check_target = true; });
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
  EXPECT_TRUE(verdict->links[0].is_target);
  EXPECT_TRUE(verdict->links[0].cot_trusted);
}

TEST_F(VerifierTest, SignaturesThatAreNotCheckedAreSaidToBe) {
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(kSmallBuild, "public/chain-of-trust.json.sig")].body =
      std::string(64, 'x');
  const auto verdict = Run([](VerifyRequest& request) { request.verify_signatures = false; });
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified);
  EXPECT_THAT(verdict->not_checked, ElementsAre(HasSubstr("signatures")));
  EXPECT_THAT(verdict->links, Each(Field(&LinkVerdict::key, "")));
}

TEST_F(VerifierTest, AMandatoryArtifactWithAWrongHashIsAViolationAndLeavesNoFile) {
  chain_.Publish();
  chain_.answers[absl::StrCat("https://store.example.net/", kSmallBuild, "/public/target.zip")]
      .body = "zipPed";
  EXPECT_THAT(Violations(), ElementsAre(Violation::kArtifactHashMismatch));
  EXPECT_THAT(Files(), Not(Contains(InCot(kSmallBuild, "public/target.zip"))));
}

TEST_F(VerifierTest, ABadSignatureIsTheOnlyViolationThoughNothingElseOfTheTaskCanBeJudged) {
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(kSmallDecision, "public/chain-of-trust.json.sig")].body =
      std::string(64, 'x');
  EXPECT_THAT(Violations(), ElementsAre(Violation::kBadSignature));
  EXPECT_THAT(Files(), Not(Contains(InCot(kSmallDecision, "public/chain-of-trust.json"))));
}

TEST_F(VerifierTest, DefectsOfSeveralStepsAreAllFound) {
  SetAt(chain_.tasks.find(kSmallBuild)->second, "/payload/features/interactive", true);
  SetAt(chain_.tasks.find(kSmallDecision)->second, "/workerType", "b-linux");
  EXPECT_THAT(Violations(),
              ElementsAre(Violation::kDecisionWorkerPool, Violation::kTaskDiffersFromTaskGraph,
                          Violation::kInteractive, Violation::kRebuiltDefinitionDiffers));
}

TEST_F(VerifierTest, NoTrustedKeyIsAViolation) {
  change_policy_ = [](Policy& policy) { policy.public_keys.clear(); };
  EXPECT_THAT(Violations(), ElementsAre(Violation::kNoTrustedKey, Violation::kNoTrustedKey));
}

TEST_F(VerifierTest, ACommitThatHasNotLandedIsAPullRequest) {
  chain_.Publish();
  for (auto& [url, answer] : chain_.answers) {
    if (absl::StrContains(url, "branch_commits")) answer.body = "\n";
  }
  EXPECT_THAT(Violations(), Each(Violation::kTryOrPullRequest));
}

struct MissingCase {
  std::string test_name;
  std::string url;
  Violation violation;
};
class MissingEvidenceTest : public VerifierTest,
                            public ::testing::WithParamInterface<MissingCase> {};

TEST_P(MissingEvidenceTest, ADefinite404IsAViolation) {
  chain_.Publish();
  ASSERT_EQ(chain_.answers.erase(GetParam().url), 1);
  const std::vector<Violation> violations = Violations();
  ASSERT_THAT(violations, Not(IsEmpty()));
  EXPECT_EQ(violations.front(), GetParam().violation);
}

TEST_P(MissingEvidenceTest, AServerThatFailsIsEvidenceUnavailable) {
  chain_.Publish();
  ASSERT_TRUE(chain_.answers.contains(GetParam().url));
  chain_.answers[GetParam().url] = {.status = 503, .body = "no"};
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kEvidenceUnavailable) << FormatVerdict(*verdict);
  EXPECT_THAT(ToStatus(*verdict), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ExitStatus(*verdict), 4);
}

TEST_F(VerifierTest, TellsOfEachLinkAndEachVerifiedArtifact) {
  std::atomic<int> links = 0, artifacts = 0;
  const auto verdict = Run([&](VerifyRequest& request) {
    request.on_link = [&] { ++links; };
    request.on_artifact = [&] { ++artifacts; };
  });
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(links, 2);
  EXPECT_EQ(artifacts, static_cast<int>(verdict->artifacts.size()));
  EXPECT_GT(artifacts, 3);
}

TEST_F(VerifierTest, AllThatIsMissingIsSaid) {
  chain_.Publish();
  for (const std::string_view name :
       {"public/chain-of-trust.json", "public/chain-of-trust.json.sig"}) {
    chain_.answers.erase(SmallChain::ArtifactUrl(kSmallBuild, name));
  }
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_THAT(ViolationsOf(verdict->findings),
              ElementsAre(Violation::kCotMissing, Violation::kSignatureMissing));
  // A signature that nobody asks for is not missing.
  const auto unsigned_verdict =
      Run([](VerifyRequest& request) { request.verify_signatures = false; });
  ASSERT_THAT(unsigned_verdict, IsOk());
  EXPECT_THAT(ViolationsOf(unsigned_verdict->findings), ElementsAre(Violation::kCotMissing));
}

constexpr std::string_view kRevision = "0123456789abcdef0123456789abcdef01234567";

INSTANTIATE_TEST_SUITE_P(
    Urls, MissingEvidenceTest,
    ::testing::Values(
        MissingCase{"Definition", SmallChain::TaskUrl(kSmallBuild), Violation::kTaskMissing},
        MissingCase{"Cot", SmallChain::ArtifactUrl(kSmallBuild, "public/chain-of-trust.json"),
                    Violation::kCotMissing},
        MissingCase{"Signature",
                    SmallChain::ArtifactUrl(kSmallBuild, "public/chain-of-trust.json.sig"),
                    Violation::kSignatureMissing},
        MissingCase{"Artifact", SmallChain::ArtifactUrl(kSmallBuild, "public/target.zip"),
                    Violation::kArtifactMissing},
        MissingCase{"TaskGraph", SmallChain::ArtifactUrl(kSmallDecision, "public/task-graph.json"),
                    Violation::kArtifactMissing},
        MissingCase{"Template",
                    absl::StrCat("https://raw.githubusercontent.com/mozilla-releng/adhoc-signing/",
                                 kRevision, "/.taskcluster.yml"),
                    Violation::kTemplateMissing},
        MissingCase{
            "Commit",
            absl::StrCat("https://api.github.com/repos/mozilla-releng/adhoc-signing/commits/",
                         kRevision),
            Violation::kEvidenceMissing}),
    [](const auto& info) { return info.param.test_name; });

TEST_F(VerifierTest, AViolationCountsMoreThanEvidenceThatIsMissing) {
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(kSmallBuild, "public/target.zip")] = {.status = 503};
  chain_.answers.erase(SmallChain::ArtifactUrl(kSmallDecision, "public/actions.json"));
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kRefused);
  EXPECT_THAT(verdict->unavailable, ElementsAre(HasSubstr("target.zip")));
}

TEST_F(VerifierTest, ACancelledVerificationSaysTheReason) {
  cancellation_.Cancel(absl::CancelledError("the worker stops"));
  const auto verdict = Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kFailed);
  EXPECT_THAT(ToStatus(*verdict), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(VerifierTest, AProductThatThePolicyDoesNotHaveIsTheCallersMistake) {
  EXPECT_THAT(Run([](VerifyRequest& request) { request.product = "fenix"; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fenix")));
}

TEST_F(VerifierTest, LogsAsTheReference) {
  ASSERT_THAT(Run(), IsOk());
  const std::vector<std::string> lines = logger_.lines();
  EXPECT_THAT(lines.front(), StartsWith("INFO Running scriptworker version "));
  EXPECT_EQ(lines.back(), "INFO Good.");
  for (const std::string& line :
       {absl::StrCat("INFO build_task_dependencies signing ", kSmallTarget),
        absl::StrCat("DEBUG signing:build ", kSmallBuild, " is docker-worker"),
        absl::StrCat("DEBUG Verifying public/target.zip is in ", kSmallBuild, " cot artifacts..."),
        absl::StrCat("INFO Verifying signing:build ", kSmallBuild, " as a build task..."),
        absl::StrCat("INFO Verifying signing:build ", kSmallBuild, " as a docker-worker task..."),
        absl::StrCat("INFO Verifying signing:parent ", kSmallDecision, " definition..."),
        std::string("INFO signing:parent: Good."),
        std::string("INFO Found privileged scope project:adhoc:signing:cert:release-signing")}) {
    EXPECT_THAT(lines, Contains(line));
  }
  EXPECT_THAT(lines, Contains(StartsWith("INFO Downloading Chain of Trust artifact:\nhttps://")));
}

}  // namespace
}  // namespace cot
