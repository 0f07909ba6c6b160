// SPDX-License-Identifier: MPL-2.0
// Rebuilds real decision and action tasks, recorded with their
// .taskcluster.yml, pushlog, projects and parameters (the folder scriptworker/
// of CORPORA_DIR), and expects the reference's outcome for each.

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link.h"
#include "cot/chain/tasks_for.h"
#include "cot/chain/violation.h"
#include "cot/parent/jsone_context.h"
#include "cot/parent/parent_task.h"
#include "cot/testing/links.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/jsone/limits.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/vcs/projects.h"
#include "scriptworker/vcs/pushlog.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {
namespace {

using ::scriptworker::json::Object;
using ::scriptworker::json::Value;
using ::scriptworker::taskcluster::TaskDefinition;
using ::scriptworker::taskcluster::TaskId;

std::string Corpus(std::string_view name) {
  const char* folder = std::getenv("CORPORA_DIR");
  absl::StatusOr<std::string> text =
      scriptworker::ReadFile(absl::StrCat(folder == nullptr ? "" : folder, "/scriptworker/", name));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *std::move(text) : std::string();
}

Value Yaml(std::string_view name) {
  absl::StatusOr<Value> value = scriptworker::json::ParseYaml(Corpus(name), {.source = name});
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *std::move(value) : Value();
}

struct Recorded {
  std::string_view name;
  std::string_view product;
  std::string_view parent_file;
  std::string_view parent_id;
  std::string_view decision_file;
  std::string_view decision_id;
  std::string_view support;  // the folder of pushlog, projects, ...
  std::string_view tmpl;
  // Changes of both tasks, as a JSON object that replaces members.
  std::string_view changes = "{}";
  // nullopt: the definitions agree.
  std::optional<Violation> violation = std::nullopt;
  // What the only differences are, where the recording's id was replaced.
  std::string_view difference = {};
};

Link LoadLink(std::string_view file, std::string_view id, std::string_view changes) {
  Object task = Json(Corpus(file)).object();
  const Value changed = Json(changes);
  for (const auto& [key, value] : changed.object()) task.Set(key, value);
  absl::StatusOr<TaskDefinition> definition =
      TaskDefinition::FromJson(Value(std::move(task)), file);
  CHECK_OK(definition);
  absl::StatusOr<Link> link =
      Link::Create("signing:parent", *TaskId::Parse(id), *std::move(definition),
                   Link::Role::kUpstream, {"scriptworker-k8s", "scriptworker-prov-v1"});
  CHECK_OK(link);
  return *std::move(link);
}

ContextFacts LoadFacts(const Recorded& recorded, const Link& decision, TasksFor tasks_for,
                       const Product& product) {
  const auto file = [&](std::string_view name) {
    return absl::StrCat(recorded.support, "/", name);
  };
  const FactsNeeded needed = FactsFor(tasks_for, product.type);
  ContextFacts facts;
  if (needed.pushlog) {
    const auto pushes =
        scriptworker::vcs::ParsePushlog(Json(Corpus(file("pushlog.json"))), "pushlog.json");
    CHECK_OK(pushes);
    facts.push = pushes->front();
  }
  if (needed.actions) facts.actions = Json(Corpus(file("actions.json")));
  if (needed.parameters) facts.parameters = Yaml(file("parameters.yml"));
  if (needed.projects) {
    const auto projects =
        scriptworker::vcs::Projects::Parse(Corpus(file("projects.yml")), "projects.yml");
    CHECK_OK(projects);
    const auto url = scriptworker::vcs::SourceUrl::Parse(decision.task().metadata().source);
    CHECK_OK(url);
    const absl::StatusOr<std::string> project = projects->FindProject(*url);
    CHECK_OK(project);
    const absl::StatusOr<std::string> level = projects->ScmLevel(*project);
    CHECK_OK(level);
    facts.project = *project;
    facts.level = *level;
  }
  if (needed.github_commit) {
    facts.commit.emplace();
    facts.commit->author_login = facts.commit->committer_login = "Callek";
  }
  return facts;
}

// What docs/differences.md says of real templates: a thousandth of the budget is enough, so that
// a chain of ten definitions could be a hundred times as large.
scriptworker::jsone::Limits AThousandth() {
  scriptworker::jsone::Limits limits;
  limits.max_steps /= 1000;
  limits.max_nodes /= 1000;
  limits.max_string_bytes /= 1000;
  return limits;
}

std::vector<Finding> Rebuild(const Recorded& recorded) {
  scriptworker::jsone::Budget budget(AThousandth());
  const Product& product = BuiltInProduct(recorded.product);
  const Link parent = LoadLink(recorded.parent_file, recorded.parent_id, recorded.changes);
  const Link decision = LoadLink(recorded.decision_file, recorded.decision_id, recorded.changes);
  std::vector<Finding> findings;
  const auto keep = [&](const absl::Status& status) {
    EXPECT_TRUE(GetFinding(status).has_value()) << status;
    findings.push_back(FindingOf(status));
    return findings;
  };
  const absl::StatusOr<TasksFor> tasks_for = TasksForOf(parent, product);
  if (!tasks_for.ok()) return keep(tasks_for.status());
  const absl::StatusOr<RenderInput> input = BuildRenderInput(
      parent, decision, *tasks_for, product, LoadFacts(recorded, decision, *tasks_for, product),
      BuiltInPolicy().source_hosts, budget);
  if (!input.ok()) return keep(input.status());
  CheckRebuiltDefinition(parent, decision, *tasks_for, Yaml(recorded.tmpl), *input, budget,
                         findings);
  return findings;
}

class RecordedDefinitionTest : public testing::TestWithParam<Recorded> {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("CORPORA_DIR");
    if (folder == nullptr || *folder == '\0') {
      GTEST_SKIP() << "SKIPPED recorded definitions: CORPORA_DIR is not set";
    }
  }
};

TEST_P(RecordedDefinitionTest, HasTheReferencesOutcome) {
  const std::vector<Finding> findings = Rebuild(GetParam());
  if (!GetParam().violation.has_value()) {
    for (const Finding& finding : findings) {
      ADD_FAILURE() << FormatFinding(finding);
    }
  } else {
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].violation, *GetParam().violation) << FormatFinding(findings[0]);
    EXPECT_NE(findings[0].diff.find(GetParam().difference), std::string::npos) << findings[0].diff;
  }
  std::cout << "recorded definition " << GetParam().name << " 1/1\n";
}

constexpr std::string_view kHgPush = "cotv2/decision_hg-push.json";
constexpr std::string_view kHgPushId = "VQU9QMO4Teq7zr91FhBusg";

constexpr Recorded kRecorded[] = {
    {"HgPush", "firefox", kHgPush, kHgPushId, kHgPush, kHgPushId, "cotv2",
     "cotv2/.taskcluster.yml"},
    {"HgCron", "firefox", "cotv2/cron.json", "D4euZNyCRtuBci-fnsfn7A", "cotv2/cron.json",
     "D4euZNyCRtuBci-fnsfn7A", "cotv2", "cotv2/.taskcluster.yml"},
    {"ReleasePromotion", "firefox", "cotv4/action_relpro.json", "LpCJV9wUQHSAm5SHyW4Olw",
     "cotv4/action_relpro.json", "LpCJV9wUQHSAm5SHyW4Olw", "cotv4", "cotv4/.taskcluster.yml"},
    {"PrivateGithubPush", "mozillavpn", "cotv4/decision_github_private.json",
     "VUTfOIPFQWaGHf7sIbgTEg", "cotv4/decision_github_private.json", "VUTfOIPFQWaGHf7sIbgTEg",
     "cotv4", "cotv4/private_github_.taskcluster.yml"},
    {"TryPush", "firefox", "cotv4/decision_try.json", "LpCJV9wUQHSAm5SHyW4Olw",
     "cotv4/decision_try.json", "LpCJV9wUQHSAm5SHyW4Olw", "cotv4", "cotv4/.taskcluster.yml"},
    {"TryPushUnderAnotherId", "firefox", "cotv4/decision_try.json", "c5nn2xbNS9mJxeVC0uNElg",
     "cotv4/decision_try.json", "c5nn2xbNS9mJxeVC0uNElg", "cotv4", "cotv4/.taskcluster.yml", "{}",
     Violation::kRebuiltDefinitionDiffers, "/taskGroupId"},
    {"RetriggerUnderAnotherId", "firefox", "cotv4/action_retrigger.json", "NdzxKw8bS5Sw5DRhoiM14w",
     "cotv4/decision_try.json", "LpCJV9wUQHSAm5SHyW4Olw", "cotv4", "cotv4/.taskcluster.yml", "{}",
     Violation::kRebuiltDefinitionDiffers, "/routes/3"},
    {"OldStyleAction", "firefox", "cotv2/action_relpro.json", "LpCJV9wUQHSAm5SHyW4Olw", kHgPush,
     kHgPushId, "cotv2", "cotv2/.taskcluster.yml", "{}", Violation::kUnknownActionKind},
    {"ExtraMember", "firefox", kHgPush, kHgPushId, kHgPush, kHgPushId, "cotv2",
     "cotv2/.taskcluster.yml", R"({"illegal": "boom"})", Violation::kRebuiltDefinitionDiffers,
     "/illegal"},
    {"UnknownReason", "firefox", kHgPush, kHgPushId, kHgPush, kHgPushId, "cotv2",
     "cotv2/.taskcluster.yml", R"({"extra": {"tasks_for": "illegal"}})",
     Violation::kTasksForNotAllowed},
};
INSTANTIATE_TEST_SUITE_P(Table, RecordedDefinitionTest, testing::ValuesIn(kRecorded),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cot
