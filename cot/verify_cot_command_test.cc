// SPDX-License-Identifier: MPL-2.0
#include "cot/verify_cot_command.h"

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cot/policy/policy.h"
#include "cot/testing/small_chain.h"
#include "cot/verify_cot_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/simulated_clock.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/testing/function_transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::SimulatedClock;
using ::scriptworker::http::FunctionTransport;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;
using ::scriptworker::taskcluster::TaskId;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VerifyCotCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    setup_.temp_dir = temp_dir_.Path("tmp");
    ASSERT_THAT(scriptworker::MakeDirs(setup_.temp_dir), IsOk());
  }

  int Run(scriptworker::http::Transport& transport) { return Run(transport, clock_); }
  int Run(scriptworker::http::Transport& transport, scriptworker::Clock& clock) {
    setup_.root_url = kSmallRootUrl;
    if (setup_.policy == nullptr) {
      setup_.policy = std::make_shared<const Policy>(chain_.policy());
    }
    out_.str("");
    err_.str("");
    return VerifyCot(options_, setup_, transport, clock, {out_, err_}, {});
  }
  int Run() {
    if (chain_.answers.empty()) chain_.Publish();
    return Run(chain_);
  }

  // The verdict that was written, without its timings.
  Value ReadVerdict(const std::string& path) {
    const auto text = scriptworker::ReadFile(path);
    EXPECT_THAT(text, IsOk());
    const auto value = scriptworker::json::Parse(*text);
    EXPECT_THAT(value, IsOk());
    Object verdict = value->object();
    EXPECT_TRUE(verdict.contains("timings"));
    verdict.Erase("timings");
    return Value(std::move(verdict));
  }

  SmallChain chain_;
  scriptworker::TempDir temp_dir_;
  scriptworker::SystemClock clock_;
  VerifyCotSetup setup_;
  VerifyCotOptions options_{.task_id = *TaskId::Parse(kSmallTarget)};
  std::ostringstream out_, err_;
};

TEST_F(VerifyCotCommandTest, ATaskIdIsEnough) {
  EXPECT_EQ(Run(), 0) << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("✓ signing TargetAAQACAAAAAAAAAAA"));
  EXPECT_THAT(out_.str(), HasSubstr("TargetAAQACAAAAAAAAAAA: verified\n"));
  EXPECT_THAT(err_.str(), HasSubstr("INFO:scriptworker:Artifacts will be in "));
  EXPECT_THAT(err_.str(), HasSubstr("INFO:scriptworker:Good.\n"));
}

TEST_F(VerifyCotCommandTest, TheOwnFileOfATaskThatStillRunsIsNotDemanded) {
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(out_.str(), HasSubstr("NOT CHECKED:\n  the task's own chain-of-trust.json: its "
                                    "latest run is running"));
}

TEST_F(VerifyCotCommandTest, TheOwnFileOfATaskThatHasRunIsVerified) {
  chain_.states.clear();
  EXPECT_EQ(Run(), 0) << out_.str();
  EXPECT_THAT(out_.str(), Not(HasSubstr("NOT CHECKED")));
  chain_.answers.erase(SmallChain::ArtifactUrl(kSmallTarget, "public/chain-of-trust.json"));
  EXPECT_EQ(Run(), 3);
  EXPECT_THAT(out_.str(), HasSubstr("[kCotMissing]"));
  options_.check_task = false;
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(out_.str(), HasSubstr("--no-check-task"));
}

TEST_F(VerifyCotCommandTest, ADecisionTaskThatStillRunsIsVerifiedByItsDefinition) {
  options_.task_id = *TaskId::Parse(kSmallDecision);
  chain_.states[std::string(kSmallDecision)] = "running";
  EXPECT_EQ(Run(), 0) << out_.str();
  EXPECT_THAT(
      out_.str(),
      AllOf(
          HasSubstr("decision DecisionQACAAAAAAAAAAA: its docker image, and what it leaves behind"),
          HasSubstr("the task's own chain-of-trust.json: its latest run is running"),
          HasSubstr("✓ decision DecisionQACAAAAAAAAAAA")));
  // It is judged all the same: as a decision task, by what its repository makes of it.
  chain_.answers.clear();
  Object task = chain_.tasks.find(kSmallDecision)->second.object();
  task.Set("retries", 4);
  task.Set("workerType", "b-linux");
  chain_.tasks[std::string(kSmallDecision)] = Value(std::move(task));
  options_.cot_product = "adhoc";
  options_.task_type = *ParseTaskType("decision");
  EXPECT_EQ(Run(), 3) << out_.str();
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("[kDecisionWorkerPool]"), HasSubstr("[kRebuiltDefinitionDiffers]")));
}

TEST_F(VerifyCotCommandTest, OfADecisionTaskEachUrlIsFetchedOnce) {
  options_.task_id = *TaskId::Parse(kSmallDecision);
  size_t asked = 0;
  for (const bool check_task : {true, false}) {
    options_.check_task = check_task;
    EXPECT_EQ(Run(), 0) << out_.str();
    std::vector<std::string> urls = chain_.requests();
    urls.erase(urls.begin(), urls.begin() + static_cast<std::ptrdiff_t>(asked));
    asked += urls.size();
    EXPECT_EQ(std::set<std::string>(urls.begin(), urls.end()).size(), urls.size());
    EXPECT_EQ(out_.str().find("--no-check-task") != std::string::npos, !check_task);
  }
}

TEST_F(VerifyCotCommandTest, NoSecondAnswerStandsInForTheFirstAboutADecisionTask) {
  options_.task_id = *TaskId::Parse(kSmallDecision);
  options_.check_task = false;
  chain_.Publish();
  int asked = 0;
  FunctionTransport liar([&](const scriptworker::http::Request& request) {
    auto response = chain_.Send(request);
    if (response.ok() &&
        request.url.path() == absl::StrCat("/api/queue/v1/task/", kSmallDecision) && ++asked == 1) {
      response->body = absl::StrReplaceAll(
          response->body,
          {{"assume:repo:github.com/mozilla-releng/adhoc-signing:branch:main", "assume:nobody"}});
    }
    return response;
  });
  EXPECT_EQ(Run(liar), 3) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("[kRebuiltDefinitionDiffers]"));
}

TEST_F(VerifyCotCommandTest, TheOwnFileOfAnotherRunIsRefused) {
  chain_.states.clear();
  chain_.Publish();
  // The task was run again; what is there is still of run 0.
  std::string& status = chain_.answers[SmallChain::TaskUrl(kSmallTarget) + "/status"].body;
  status = absl::StrReplaceAll(status, {{R"("runs": [)", R"("runs": [{"runId": 0,
      "state": "exception", "reasonCreated": "scheduled"}, )"},
                                        {R"({"runId": 0)", R"({"runId": 1)"}});
  EXPECT_EQ(Run(), 3) << out_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("is about run 0, the queue's is of run 1"),
                                HasSubstr("[kCotRunIdMismatch]")));
}

TEST_F(VerifyCotCommandTest, ARefusedChainIsStatus3WithTheReason) {
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(kSmallBuild, "public/chain-of-trust.json.sig")].body = "x";
  EXPECT_EQ(Run(), 3);
  EXPECT_THAT(out_.str(), HasSubstr("✗ signing:build"));
  EXPECT_THAT(out_.str(), HasSubstr("[kBadSignature]"));
}

TEST_F(VerifyCotCommandTest, AnUnknownTaskIsStatus3AndSaysWhatToDo) {
  options_.task_id = *TaskId::Parse("UnknownAQACAAAAAAAAAAA");
  EXPECT_EQ(Run(), 3);
  EXPECT_THAT(out_.str(), HasSubstr("knows no such task"));
}

TEST_F(VerifyCotCommandTest, ATerminalShowsLinksArtifactsAndBytesWhileItWorks) {
  // Time flies: each number is shown.
  class FlyingClock final : public scriptworker::Clock {
   public:
    absl::Time Now() const override { return system_.Now(); }
    absl::Duration Monotonic() const override { return absl::Seconds(++looks_); }
    bool AwaitWithTimeout(absl::Mutex& mu, const absl::Condition& condition,
                          absl::Duration timeout) override {
      return system_.AwaitWithTimeout(mu, condition, timeout);
    }

   private:
    scriptworker::SystemClock system_;
    mutable std::atomic<int> looks_ = 0;
  } clock;
  EXPECT_EQ(Run(), 0) << out_.str();
  EXPECT_THAT(err_.str(), Not(HasSubstr(" links, ")));
  EXPECT_EQ(VerifyCot(options_, setup_, chain_, clock, {out_, err_, true}, {}), 0) << out_.str();
  // The build's four artifacts that are there, and the decision task's three.
  EXPECT_THAT(err_.str(), HasSubstr("2 links, 7 artifacts, 0.0 MB"));
}

TEST_F(VerifyCotCommandTest, ATypeOrProductInDoubtIsStatus2AndAsks) {
  options_.cot_product = "fenix";
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("\"fenix\" is no product"), HasSubstr(", firefox, "),
                                HasSubstr("say --cot-product")));
  options_.cot_product.reset();
  Object task = chain_.tasks.find(kSmallTarget)->second.object();
  task.Set("schedulerId", "comm-level-3");
  chain_.tasks[std::string(kSmallTarget)] = Value(std::move(task));
  chain_.Publish();
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--cot-product"));
}

// The build's artifact is private, in a chain that is good otherwise.
void MakePrivate(SmallChain& chain) {
  for (auto& [name, text] : chain.artifacts[std::string(kSmallDecision)]) {
    text = absl::StrReplaceAll(text, {{"public/target.zip", "releng/target.zip"}});
  }
  Value& target = chain.tasks[std::string(kSmallTarget)];
  target = *scriptworker::json::Parse(absl::StrReplaceAll(
      scriptworker::json::Format(target), {{"public/target.zip", "releng/target.zip"}}));
  auto& artifacts = chain.artifacts[std::string(kSmallBuild)];
  artifacts["releng/target.zip"] = artifacts["public/target.zip"];
}

TEST_F(VerifyCotCommandTest, APrivateArtifactWithoutCredentialsIsStatus4AndSaysWhatToDo) {
  MakePrivate(chain_);
  EXPECT_EQ(Run(), 4) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("a private artifact needs credentials that have the scope "
                                    "queue:get-artifact:releng/target.zip"));
}

TEST_F(VerifyCotCommandTest, CredentialsWithoutRightsAreStatus4AndSayWhatToDo) {
  MakePrivate(chain_);
  chain_.Publish();
  chain_.answers[SmallChain::ArtifactUrl(kSmallBuild, "releng/target.zip")] = {
      .status = 403, .body = R"({"code": "InsufficientScopes", "message": "you lack it"})"};
  setup_.credentials.emplace();
  setup_.credentials->client_id = "who";
  setup_.credentials->access_token = scriptworker::SecretString("what");
  EXPECT_EQ(Run(), 4) << out_.str();
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("you lack it"),
                    HasSubstr("give credentials with the scope queue:get-artifact:releng/target")));
}

TEST_F(VerifyCotCommandTest, CredentialsThatAreNotAcceptedAreStatus4AndSaysWhatToDo) {
  chain_.Publish();
  chain_.answers[SmallChain::TaskUrl(kSmallTarget)] = {
      .status = 401, .body = R"({"code": "AuthenticationFailed", "message": "Bad mac"})"};
  EXPECT_EQ(Run(), 4);
  EXPECT_TRUE(std::filesystem::is_empty(setup_.temp_dir));
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("Bad mac"), HasSubstr("TASKCLUSTER_CLIENT_ID")));
}

TEST_F(VerifyCotCommandTest, ARootUrlThatIsNoneIsStatus2AndSaysWhereItIsFrom) {
  setup_.root_url = "nonsense";
  setup_.policy = std::make_shared<const Policy>(chain_.policy());
  EXPECT_EQ(VerifyCot(options_, setup_, chain_, clock_, {out_, err_}, {}), 2);
  EXPECT_TRUE(std::filesystem::is_empty(setup_.temp_dir));
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("TASKCLUSTER_ROOT_URL"), HasSubstr("\"nonsense\"")));
}

TEST_F(VerifyCotCommandTest, SignaturesThatAreNotCheckedAreSaidToBe) {
  options_.verify_signatures = false;
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(out_.str(), HasSubstr("NOT CHECKED:\n  the signatures of all"));
}

TEST_F(VerifyCotCommandTest, TheArtifactsStayUnlessTheyAreToBeCleanedUp) {
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(scriptworker::ListFiles(setup_.temp_dir)->files, Not(IsEmpty()));
  ASSERT_THAT(scriptworker::RemoveTree(setup_.temp_dir), IsOk());
  ASSERT_THAT(scriptworker::MakeDirs(setup_.temp_dir), IsOk());
  options_.cleanup = true;
  EXPECT_EQ(Run(), 0);
  EXPECT_THAT(scriptworker::ListFiles(setup_.temp_dir)->files, IsEmpty());
}

TEST_F(VerifyCotCommandTest, AReplayGivesTheSameVerdictWithoutAnyRequest) {
  options_.json = temp_dir_.Path("recorded.json");
  options_.record = temp_dir_.Path("chain.har");
  chain_.Publish();
  chain_.answers[absl::StrCat("https://store.example.net/", kSmallBuild, "/public/target.zip")]
      .body = "changed";
  EXPECT_EQ(Run(), 3) << out_.str();
  const Value recorded = ReadVerdict(options_.json);

  options_.json = temp_dir_.Path("replayed.json");
  options_.replay = std::exchange(options_.record, "");
  FunctionTransport nowhere(
      [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); });
  EXPECT_EQ(Run(nowhere), 3) << out_.str();
  EXPECT_THAT(nowhere.requests(), IsEmpty());
  EXPECT_EQ(scriptworker::json::Format(ReadVerdict(options_.json)),
            scriptworker::json::Format(recorded));
}

TEST_F(VerifyCotCommandTest, ARecordingOfAGoodChainIsVerifiedToo) {
  options_.record = temp_dir_.Path("chain.har");
  EXPECT_EQ(Run(), 0);
  options_.replay = std::exchange(options_.record, "");
  FunctionTransport nowhere(
      [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); });
  EXPECT_EQ(Run(nowhere), 0) << out_.str();
}

// Another program asks only once for a task that there is not, or that cannot be had.
TEST_F(VerifyCotCommandTest, OneRecordedErrorIsTheAnswerToAllAttempts) {
  struct Case {
    int http_status;
    std::vector<std::string_view> tasks;
    int exit_status;
    std::string said;
  };
  for (const Case& c : {Case{404, {kSmallBuild}, 3, "[kTaskMissing]"},
                        Case{404, {kSmallBuild, kSmallDecision}, 3, "[kTaskMissing]"},
                        Case{503, {kSmallBuild}, 4, "Evidence that could not be had"}}) {
    chain_.answers.clear();
    chain_.Publish();
    for (const std::string_view task : c.tasks) {
      chain_.answers[SmallChain::TaskUrl(task)] = {.status = c.http_status};
    }
    options_.replay = "";
    options_.record = temp_dir_.Path("chain.har");
    SimulatedClock then(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
    EXPECT_EQ(Run(chain_, then), c.exit_status) << out_.str();
    EXPECT_GT(then.Monotonic(), absl::Seconds(1));
    const std::string recorded = out_.str();
    auto document = scriptworker::har::ReadHarFile(options_.record);
    ASSERT_THAT(document, IsOk());
    std::set<std::string> urls;
    EXPECT_GT(std::erase_if(document->exchanges,
                            [&urls](const scriptworker::har::Exchange& exchange) {
                              return !urls.insert(exchange.request.url).second;
                            }),
              0);
    ASSERT_THAT(scriptworker::har::WriteHarFile(options_.record, *document), IsOk());

    options_.replay = std::exchange(options_.record, "");
    FunctionTransport nowhere(
        [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); });
    SimulatedClock now(absl::UnixEpoch(), SimulatedClock::Mode::kAutoAdvance);
    EXPECT_EQ(Run(nowhere, now), c.exit_status) << out_.str();
    EXPECT_THAT(out_.str(), HasSubstr(c.said));
    EXPECT_EQ(out_.str(), recorded);
    EXPECT_EQ(now.Monotonic(), absl::ZeroDuration());
  }
}

TEST_F(VerifyCotCommandTest, AReplayOfWhatIsNoRecordingIsWrongUsage) {
  options_.replay = temp_dir_.Write("x.har", "{}");
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("x.har"));
}

TEST_F(VerifyCotCommandTest, WhatCannotBeWrittenIsWrongUsageBeforeAnythingIsFetched) {
  for (std::string VerifyCotOptions::*file : {&VerifyCotOptions::json, &VerifyCotOptions::record}) {
    options_.json = options_.record = "";
    options_.*file = temp_dir_.Path("no/such/folder/file");
    FunctionTransport nowhere(
        [](const scriptworker::http::Request&) { return absl::UnavailableError("no network"); });
    EXPECT_EQ(Run(nowhere), 2);
    EXPECT_THAT(nowhere.requests(), IsEmpty());
    EXPECT_THAT(err_.str(), HasSubstr("no/such/folder/file"));
  }
}

TEST_F(VerifyCotCommandTest, WhatIsThereStaysIfTheWorkComesToNothing) {
  options_.json = temp_dir_.Write("verdict.json", "of an earlier run");
  options_.record = temp_dir_.Write("chain.har", "of an earlier run");
  const auto expect_both_there = [&] {
    for (const std::string& path : {options_.json, options_.record}) {
      EXPECT_EQ(scriptworker::ReadFile(path).value_or(""), "of an earlier run") << path;
    }
  };
  options_.cot_product = "fenix";
  EXPECT_EQ(Run(), 2);
  expect_both_there();
  options_.cot_product.reset();
  const std::string recording = std::exchange(options_.record, "");
  options_.replay = temp_dir_.Write("x.har", "{}");
  EXPECT_EQ(Run(), 2);
  options_.record = recording;
  expect_both_there();
}

TEST_F(VerifyCotCommandTest, WhatIsNoRegularFileIsWrittenToAndNotReplaced) {
  const std::string link = temp_dir_.Path("link.json");
  ASSERT_EQ(::symlink("verdict.json", link.c_str()), 0);
  temp_dir_.Write("verdict.json", "");
  options_.json = link;
  options_.record = temp_dir_.Path("null.har");
  ASSERT_EQ(::symlink("/dev/null", options_.record.c_str()), 0);
  EXPECT_EQ(Run(), 0) << err_.str();
  EXPECT_EQ(ReadVerdict(temp_dir_.Path("verdict.json")).Find("outcome")->string_value(),
            "verified");
  for (const std::string& path : {options_.json, options_.record}) {
    char target[64];
    EXPECT_GT(::readlink(path.c_str(), target, sizeof target), 0) << path;
  }
}

TEST_F(VerifyCotCommandTest, TheVerdictCanBePrintedAsJson) {
  options_.json = "-";
  EXPECT_EQ(Run(), 0);
  const auto verdict = scriptworker::json::Parse(out_.str());
  ASSERT_THAT(verdict, IsOk()) << out_.str();
  EXPECT_EQ(verdict->Find("outcome")->string_value(), "verified");
}

TEST_F(VerifyCotCommandTest, ADefinitionOfTheWrongShapeIsRefusedByName) {
  chain_.Publish();
  const std::string url = SmallChain::TaskUrl(kSmallTarget);
  chain_.answers[url].body = R"({"scopes": "all"})";
  EXPECT_EQ(Run(), 3) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr("[kMalformedTask]"));
}

TEST_F(VerifyCotCommandTest, ATargetThatIsNoLinkIsNamedInTheVerdict) {
  chain_.tasks[std::string(kSmallTarget)] = *scriptworker::json::Parse(absl::StrReplaceAll(
      scriptworker::json::FormatCompact(chain_.tasks[std::string(kSmallTarget)]),
      {{"scriptworker-k8s", "unknown"},
       {R"("worker-implementation":"scriptworker")", R"("x":"y")"}}));
  options_.task_type = *ParseTaskType("signing");
  options_.cot_product = "firefox";
  options_.json = temp_dir_.Path("v.json");
  EXPECT_EQ(Run(), 3) << out_.str();
  const Value verdict = ReadVerdict(options_.json);
  EXPECT_EQ(verdict.Find("violations")->array()[0].Find("taskId")->string_value(), kSmallTarget);
  EXPECT_EQ(verdict.Find("links")->array()[0].Find("taskId")->string_value(), kSmallTarget);
  EXPECT_THAT(out_.str(), HasSubstr("✗ signing TargetAAQACAAAAAAAAAAA (unknown, "
                                    "unknown/adhoc-3-signing) 1 violation"));
}

}  // namespace
}  // namespace cot
