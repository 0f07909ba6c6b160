// SPDX-License-Identifier: MPL-2.0
//
// Attacks that are no single violation: one attempt in many spellings, servers and files that
// change under the verifier. docs/testing.md says which test defends what.
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "cot/chain/violation.h"
#include "cot/testing/chain_defects.h"
#include "cot/testing/chain_trial.h"
#include "cot/testing/generated_chain.h"
#include "cot/testing/json_edit.h"
#include "cot/testing/links.h"
#include "cot/verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::JoinPath;
using ::scriptworker::http::Request;
using ::scriptworker::http::Response;
using ::scriptworker::json::Array;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const ChainDescription kHgPush = {.worker = "generic-worker"};
const ChainDescription kGithubPush = {
    .product = "gadget", .tasks_for = "github-push", .worker = "generic-worker"};

// The violations that the chain is refused for; none if it is accepted.
std::vector<Violation> ViolationsOf(GeneratedChain& chain) {
  ChainTrial trial(chain);
  const absl::StatusOr<Verdict> verdict = trial.Run();
  EXPECT_THAT(verdict, IsOk());
  if (!verdict.ok()) return {};
  EXPECT_EQ(verdict->outcome == Verdict::Outcome::kVerified, verdict->findings.empty());
  return ChainTrial::ViolationsOf(*verdict);
}

Verdict::Outcome OutcomeOf(GeneratedChain& chain) {
  ChainTrial trial(chain);
  const absl::StatusOr<Verdict> verdict = trial.Run();
  EXPECT_THAT(verdict, IsOk());
  return verdict.ok() ? verdict->outcome : Verdict::Outcome::kFailed;
}

// A parent that is there and is none must not be read as "no parent": such a task would be
// compared with no task graph, or with another's.
TEST(ChainAttacksTest, AParentOfAnotherShapeIsRefusedOnTargetAndUpstream) {
  for (const char* role : {"target", "build"}) {
    for (const Value& parent : {Value(nullptr), Value(""), Value(0), Value(false), Value(Array()),
                                Value(Object()), Value("no-task-id"), Value(true)}) {
      GeneratedChain chain(kHgPush);
      Define(chain, role, "/extra/parent", parent);
      EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kMalformedParent))
          << role << " " << parent;
    }
  }
}

TEST(ChainAttacksTest, AnotherParentThanTheTaskGroupIsNoWayAroundItsTaskGraph) {
  // The target takes the build for its parent, which makes that a decision task, and it is none.
  GeneratedChain chain(kHgPush);
  Define(chain, "target", "/extra/parent", chain.facts().TaskId("build"));
  EXPECT_THAT(ViolationsOf(chain),
              ElementsAre(Violation::kArtifactNotInCot, Violation::kDecisionWorkerPool,
                          Violation::kTasksForNotAllowed));
}

// Where the task that an action counts as its decision task is none, there is no list of
// actions to rebuild it from; it must not pass unbuilt for that.
TEST(ChainAttacksTest, AnActionWithoutADecisionTaskIsNotTakenAsItIs) {
  for (const char* group : {"action", "build", "image"}) {
    GeneratedChain chain({.tasks_for = "action"});
    SetAt(DefinitionOf(chain, "action"), "/taskGroupId", chain.facts().TaskId(group));
    SetAt(DefinitionOf(chain, "action"), "/payload/command/0", "run-backdoor");
    EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kEvidenceMissing)) << group;
  }
  GeneratedChain orphan({.tasks_for = "action"});
  SetAt(DefinitionOf(orphan, "action"), "/taskGroupId", orphan.facts().TaskId("action"));
  RemoveAt(DefinitionOf(orphan, "action"), "/extra/parent");
  EXPECT_THAT(ViolationsOf(orphan), ElementsAre(Violation::kEvidenceMissing));
}

// An input of type "decision" makes any task one. An action that leads its own group would
// then be rebuilt from its own public/actions.json.
TEST(ChainAttacksTest, AnActionIsNoDecisionTaskOfItself) {
  GeneratedChain chain({.tasks_for = "action", .worker = "generic-worker"});
  const std::string action = chain.facts().TaskId("action");
  Value& definition = DefinitionOf(chain, "action");
  for (const char* pointer :
       {"/taskGroupId", "/extra/parent", "/extra/action/context/taskGroupId"}) {
    SetAt(definition, pointer, action);
  }
  std::string& actions = chain.tasks.find("action")->second.artifacts["public/actions.json"];
  actions = absl::StrReplaceAll(actions, {{chain.facts().TaskId("decision"), action}});
  RemoveAt(DefinitionOf(chain, "target"), "/extra/parent");
  SetAt(DefinitionOf(chain, "target"), "/extra/chainOfTrust",
        Object{{"inputs", Object{{"decision", action}}}});
  SetAt(DefinitionOf(chain, "build"), "/extra/parent", action);
  chain.MakeGraphs();
  EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kEvidenceMissing));
}

TEST(ChainAttacksTest, ASourceIsReadInOneWayOnly) {
  const std::string good = "https://hg.example.com/desktop/main/file/1/x";
  for (const char* source :
       {"HTTPS://hg.example.com/desktop/main/file/1/x", "https://HG.example.com/desktop/main/x",
        " https://hg.example.com/desktop/main/x", "https://hg.example.com/desktop/main/x ",
        "ht\ttps://hg.example.com/desktop/main/x", "https://hg.example.com\t/desktop/main/x",
        "https://hg.example.com:443/desktop/main/x", "https://me@hg.example.com/desktop/main/x",
        "https://evil.example.org\\@hg.example.com/desktop/main/x",
        "https://hg.example.com/desktop%2fmain/x", "https://hg.example.com/%64esktop/main/x",
        "https://hg.example.com/desktop/main/../../evil/x", "https://hg.example.com//desktop/main",
        "https://hg.example.com/desktop/mainly/x", "https://hg.example.com.evil.org/desktop/main",
        "https://hg.example.com/evil?/desktop/main/x", "https://hg.example.com/evil#/desktop/main",
        "javascript:https://hg.example.com/desktop/main", "hg.example.com/desktop/main"}) {
    GeneratedChain chain(kHgPush);
    Define(chain, "build", "/metadata/source", source);
    EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kSourceMismatch)) << source;
  }
  GeneratedChain chain(kHgPush);
  Define(chain, "build", "/metadata/source", good);
  EXPECT_THAT(ViolationsOf(chain), IsEmpty());
}

// Two questions that fail are two findings; one defect that both stumble over is one.
TEST(ChainAttacksTest, AllEvidenceThatIsMissingIsNamed) {
  const auto messages = [](GeneratedChain& chain) {
    ChainTrial trial(chain);
    const absl::StatusOr<Verdict> verdict = trial.Run();
    EXPECT_THAT(verdict, IsOk());
    std::vector<std::string> texts;
    for (const Finding& finding : verdict->findings) texts.push_back(finding.message);
    return texts;
  };
  GeneratedChain missing(kHgPush);
  missing.Publish();
  for (auto answer = missing.answers.begin(); answer != missing.answers.end();) {
    const bool is_fact = absl::StrContains(answer->first, "json-pushes") ||
                         absl::StrContains(answer->first, "projects.yml");
    answer = is_fact ? missing.answers.erase(answer) : std::next(answer);
  }
  EXPECT_THAT(messages(missing),
              UnorderedElementsAre(HasSubstr("json-pushes"), HasSubstr("projects.yml")));
  GeneratedChain without(kHgPush);
  RemoveAt(DefinitionOf(without, "decision"), "/payload/env/DESKTOP_HEAD_REV");
  EXPECT_THAT(messages(without), ElementsAre(HasSubstr("no DESKTOP_HEAD_REV in payload.env")));
}

// Steps 6 and 7 both need the source of a decision task, and all that it made needs its
// repository.
TEST(ChainAttacksTest, ADefectThatSeveralRulesStumbleOverIsReportedOnce) {
  GeneratedChain mismatch({.tasks_for = "action", .worker = "generic-worker"});
  Define(mismatch, "decision", "/metadata/source", "https://hg.example.com/desktop/maintained");
  GeneratedChain missing({.tasks_for = "action", .worker = "generic-worker"});
  RemoveAt(DefinitionOf(missing, "decision"), "/payload/env/DESKTOP_HEAD_REV");
  struct Case {
    GeneratedChain& chain;
    Violation violation;
    Step step;
  };
  for (const Case& c : {Case{mismatch, Violation::kSourceMismatch, Step::kSourceTree},
                        Case{missing, Violation::kSourceMissing, Step::kRebuiltDefinitions}}) {
    ChainTrial trial(c.chain);
    const absl::StatusOr<Verdict> verdict = trial.Run();
    ASSERT_THAT(verdict, IsOk());
    ASSERT_EQ(verdict->findings.size(), 1) << FormatVerdict(*verdict);
    const Finding& finding = verdict->findings[0];
    EXPECT_EQ(finding.violation, c.violation);
    EXPECT_EQ(finding.step, c.step);
    EXPECT_THAT(finding.source, HasSubstr(c.chain.facts().TaskId("decision")));
    for (const StepVerdict& step : verdict->steps) {
      EXPECT_EQ(step.violations, step.step == c.step ? 1 : 0) << StepTitle(step.step);
    }
  }
}

// A template for each of many parents, and all would stay just below what one may use.
TEST(ChainAttacksTest, AllTemplatesOfAChainShareOneBudget) {
  for (const int waste : {100'000, 900'000}) {
    GeneratedChain chain({.tasks_for = "action", .worker = "generic-worker"});
    for (auto& [url, page] : chain.pages) {
      if (!absl::EndsWith(url, ".taskcluster.yml")) continue;
      const absl::StatusOr<Value> document = scriptworker::json::ParseYaml(page.text);
      ASSERT_THAT(document, IsOk());
      const Object let{
          {"waste", Object{{"$eval", absl::StrCat("[len(range(0, ", waste, ")), len(range(0, ",
                                                  waste, "))]")}}}};
      page.text = scriptworker::json::Format(Value(Object{{"$let", let}, {"in", *document}}));
    }
    if (waste == 100'000) {
      EXPECT_THAT(ViolationsOf(chain), IsEmpty());
    } else {
      EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kJsoneError));
    }
  }
}

// A commit that has not landed can be read from the official repository, and its template
// names the source as it likes: git@github.com: does not mean that GitHub is not asked.
TEST(ChainAttacksTest, TheShortFormOfASourceIsNoWayAroundWhetherItHasLanded) {
  for (const bool short_form : {false, true}) {
    GeneratedChain chain({.product = "gadget", .tasks_for = "cron", .worker = "generic-worker"});
    chain.MoveToGithub();
    if (short_form) {
      const auto shorten = [](std::string& text) {
        text = absl::StrReplaceAll(
            text, {{"source: ${repository.url}/", "source: git@github.com:example-apps/gadget/"},
                   {"\"source\":\"https://github.com/", "\"source\":\"git@github.com:"}});
      };
      for (auto& [url, page] : chain.pages) shorten(page.text);
      for (auto& [role, task] : chain.tasks) {
        std::string text = scriptworker::json::FormatCompact(task.definition);
        shorten(text);
        task.definition = *scriptworker::json::Parse(text);
      }
      chain.MakeGraphs();
    }
    chain.Publish();
    for (auto& [url, answer] : chain.answers) {
      if (absl::StrContains(url, "/branch_commits/")) answer.body = "\n";
    }
    const std::vector<Violation> violations = ViolationsOf(chain);
    EXPECT_THAT(violations, Contains(Violation::kTryOrPullRequest)) << short_form;
    // As in the reference no rule trusts a source of that form either.
    EXPECT_THAT(violations, Contains(Violation::kRepoNotAllowedForScope).Times(short_form ? 1 : 0));
  }
}

struct LandedCase {
  const char* name;
  GeneratedChain::Answer answer;
  Verdict::Outcome outcome;
};

// Only the page of the documented shape, from that very place, says that a commit has landed.
TEST(ChainAttacksTest, ACommitHasLandedOnlyByThePageThatSaysSo) {
  const std::string branch = "<li class=\"branch\"><a href=\"/x\">main</a></li>";
  const std::vector<LandedCase> cases = {
      {"nothing", {.body = "\n", .content_type = "text/html"}, Verdict::Outcome::kRefused},
      {"a login page",
       {.body = "<html><form action=\"/session\">Sign in</form></html>",
        .content_type = "text/html"},
       Verdict::Outcome::kEvidenceUnavailable},
      {"another type", {.body = branch}, Verdict::Outcome::kEvidenceUnavailable},
      {"an error",
       {.status = 500, .body = branch, .content_type = "text/html"},
       Verdict::Outcome::kEvidenceUnavailable},
      {"a redirect to another host",
       {.status = 302, .content_type = "text/html", .location = "https://store.example.net/page"},
       Verdict::Outcome::kEvidenceUnavailable},
  };
  for (const LandedCase& c : cases) {
    GeneratedChain chain(kGithubPush);
    chain.Publish();
    chain.answers["https://store.example.net/page"] = {.body = branch, .content_type = "text/html"};
    for (auto& [url, answer] : chain.answers) {
      if (absl::StrContains(url, "/branch_commits/")) answer = c.answer;
    }
    EXPECT_EQ(OutcomeOf(chain), c.outcome) << c.name;
  }
}

// A document that is read strictly, whatever is signed or hashed about it.
struct StrictCase {
  const char* name;
  std::string defect;  // a member of an object
};

std::vector<StrictCase> StrictCases() {
  return {{"the same key twice", R"("a": 1, "a": 2)"},
          {"bytes that are no UTF-8", "\"a\": \"\xff\""},
          {"NaN", R"("a": NaN)"},
          {"a number out of range", R"("a": 1e400)"},
          {"half a surrogate pair", R"("a": "\ud800")"},
          {"a tower of lists",
           absl::StrCat("\"a\": ", std::string(100'000, '['), std::string(100'000, ']'))}};
}

TEST(ChainAttacksTest, ASignedFileThatIsNoStrictJsonIsRefused) {
  for (const StrictCase& c : StrictCases()) {
    GeneratedChain chain(kHgPush);
    chain.Publish();
    std::string& body =
        chain.answers.find(chain.StoreUrl("build", "public/chain-of-trust.json"))->second.body;
    body = absl::StrReplaceAll(
        body, {{"\"environment\": {}", absl::StrCat("\"environment\": {", c.defect, "}")}});
    chain.answers.find(chain.StoreUrl("build", "public/chain-of-trust.json.sig"))->second.body =
        GeneratedKey("generic-worker").Sign(body);
    EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kMalformedCot)) << c.name;
  }
}

// What an earlier run has left is signed, too, and about the same definition.
TEST(ChainAttacksTest, ASignedFileOfAnotherRunIsRefused) {
  const std::string name = "public/chain-of-trust.json";
  for (const bool store_tells : {true, false}) {
    for (const bool status_tells : {true, false}) {
      for (const int run : {0, 1}) {
        GeneratedChain chain(kHgPush);
        chain.Seal();
        SetAt(chain.tasks.find("build")->second.cot, "/runId", run);
        chain.Publish();
        if (!store_tells) {
          const std::string elsewhere = "https://store.example.net/elsewhere";
          chain.answers[elsewhere] = chain.answers[chain.StoreUrl("build", name)];
          chain.answers[chain.ArtifactUrl("build", name)].location = elsewhere;
        }
        const std::string status = absl::StrCat(chain.TaskUrl("build"), "/status");
        if (!status_tells) chain.answers.erase(status);
        ChainTrial trial(chain);
        const absl::StatusOr<Verdict> verdict = trial.Run();
        ASSERT_THAT(verdict, IsOk());
        const std::string which = absl::StrCat(store_tells, status_tells, run);
        const bool known = store_tells || status_tells;
        EXPECT_EQ(ChainTrial::ViolationsOf(*verdict),
                  run == 1 && known ? std::vector<Violation>{Violation::kCotRunIdMismatch}
                                    : std::vector<Violation>{})
            << which;
        EXPECT_THAT(verdict->not_checked,
                    Contains(HasSubstr("which run its public/chain-of-trust.json is of"))
                        .Times(known ? 0 : 1))
            << which;
        EXPECT_THAT(chain.requests(), Contains(status).Times(store_tells ? 0 : 1)) << which;
      }
    }
  }
}

TEST(ChainAttacksTest, ATaskGraphThatIsNoStrictJsonIsRefused) {
  for (const StrictCase& c : StrictCases()) {
    GeneratedChain chain(kHgPush);
    std::string& graph = chain.tasks.find("decision")->second.artifacts["public/task-graph.json"];
    graph = absl::StrReplaceAll(
        graph, {{"\"attributes\": {}", absl::StrCat("\"attributes\": {", c.defect, "}")}});
    EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kMalformedTaskGraph)) << c.name;
  }
}

// The name of a link is made of what tasks say, and gets into logs and onto terminals.
TEST(ChainAttacksTest, ATypeThatWouldWriteItsOwnLogIsRefused) {
  for (const char* type : {"x\nGood.\n:build", "x\x1b[2J:build", "x\r:build"}) {
    GeneratedChain chain(kHgPush);
    Define(chain, "target", "/payload/upstreamArtifacts/0/taskType", type);
    EXPECT_THAT(ViolationsOf(chain), Contains(Violation::kMalformedDependency));
  }
}

TEST(ChainAttacksTest, AnOverlongArtifactNameIsRefused) {
  GeneratedChain chain(kHgPush);
  const std::string name = absl::StrCat("public/", std::string(300, 'x'));
  chain.tasks.find("build")->second.artifacts[name] = "too long for a file system";
  Define(chain, "target", "/payload/upstreamArtifacts/0/paths/0", name);
  EXPECT_THAT(ViolationsOf(chain), ElementsAre(Violation::kIllegalUpstreamPath));
}

// A page with status 200 in place of a document is no document.
TEST(ChainAttacksTest, AnHtmlPageInPlaceOfADocumentIsNoEvidence) {
  const std::string page = "<html><body>We are down for maintenance</body></html>";
  GeneratedChain good(kHgPush);
  for (const auto& [url, unused] : good.pages) {
    GeneratedChain chain(kHgPush);
    chain.Publish();
    chain.answers[url] = {.body = page, .content_type = "text/html"};
    EXPECT_EQ(OutcomeOf(chain), Verdict::Outcome::kEvidenceUnavailable) << url;
  }
  for (const char* role : {"build", "decision"}) {
    GeneratedChain chain(kHgPush);
    chain.Publish();
    chain.answers[chain.TaskUrl(role)] = {.body = page, .content_type = "text/html"};
    EXPECT_EQ(OutcomeOf(chain), Verdict::Outcome::kEvidenceUnavailable) << role;
  }
}

// Answers the first request for each URL as the chain does, and others with something else.
class FickleTransport final : public scriptworker::http::Transport {
 public:
  explicit FickleTransport(GeneratedChain& chain) : chain_(chain) {}

  absl::StatusOr<Response> Send(const Request& request) override {
    {
      absl::MutexLock lock(&mutex_);
      if (asked_.insert(request.url.ToString()).second) return chain_.Send(request);
    }
    Response response{.status = 200, .body = "version: 1\ntasks: []\n", .final_url = request.url};
    response.headers.Set("Content-Type", "text/plain");
    return response;
  }

 private:
  GeneratedChain& chain_;
  absl::Mutex mutex_;
  std::set<std::string> asked_ ABSL_GUARDED_BY(mutex_);
};

TEST(ChainAttacksTest, AServerThatChangesItsAnswersIsAskedOnce) {
  // The decision and the action task are rebuilt from the same template.
  GeneratedChain chain({.tasks_for = "action", .worker = "generic-worker"});
  chain.Publish();
  FickleTransport fickle(chain);
  ChainTrial trial(chain);
  trial.transport = &fickle;
  const absl::StatusOr<Verdict> verdict = trial.Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
}

TEST(ChainAttacksTest, AFileThatIsSwappedAfterItWasHashedIsNotRead) {
  GeneratedChain chain(kHgPush);
  ChainTrial trial(chain);
  const std::string graph =
      JoinPath(trial.work_dir(), "cot", chain.facts().TaskId("decision"), "public/task-graph.json");
  bool swapped = false;
  trial.on_log = [&](std::string_view line) {
    if (swapped || !absl::EndsWith(line, " as a signing task...")) return;
    swapped = true;
    ASSERT_THAT(scriptworker::AtomicWriteFile(graph, "{}"), IsOk());
  };
  const absl::StatusOr<Verdict> verdict = trial.Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_TRUE(swapped);
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
}

TEST(ChainAttacksTest, ALinkInTheWorkFolderLeadsNoArtifactOut) {
  GeneratedChain chain(kHgPush);
  ChainTrial trial(chain);
  const scriptworker::TempDir outside;
  const std::string folder = JoinPath(trial.work_dir(), "cot", chain.facts().TaskId("build"));
  ASSERT_THAT(scriptworker::MakeDirs(folder), IsOk());
  std::filesystem::create_directory_symlink(outside.path(), JoinPath(folder, "public"));
  const absl::StatusOr<Verdict> verdict = trial.Run();
  ASSERT_THAT(verdict, IsOk());
  // It did get as far as to write it.
  EXPECT_THAT(chain.requests(), Contains(chain.StoreUrl("build", "public/chain-of-trust.json")));
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kFailed);
  EXPECT_THAT(
      FormatVerdict(*verdict),
      HasSubstr(absl::StrCat(folder, "/public/chain-of-trust.json: cannot open its folder")));
  const auto listing = scriptworker::ListFiles(outside.path());
  ASSERT_THAT(listing, IsOk());
  EXPECT_THAT(listing->files, IsEmpty());
}

TEST(ChainAttacksTest, TheTokenOfPrivateRepositoriesIsNeverLoggedNorTold) {
  for (const char* tasks_for : {"action", "cron", "github-push", "github-release"}) {
    for (const bool good : {true, false}) {
      GeneratedChain chain(
          {.product = "vault", .tasks_for = tasks_for, .worker = "generic-worker"});
      if (!good) chain.pages.clear();
      ChainTrial trial(chain);
      const absl::StatusOr<Verdict> verdict = trial.Run();
      ASSERT_THAT(verdict, IsOk());
      EXPECT_EQ(verdict->outcome == Verdict::Outcome::kVerified, good) << FormatVerdict(*verdict);
      EXPECT_THAT(trial.log(), Each(Not(HasSubstr(kGeneratedToken)))) << tasks_for;
      EXPECT_THAT(FormatVerdict(*verdict), Not(HasSubstr(kGeneratedToken)));
      EXPECT_THAT(scriptworker::json::Format(ToJson(*verdict)), Not(HasSubstr(kGeneratedToken)));
    }
  }
}

}  // namespace
}  // namespace cot
