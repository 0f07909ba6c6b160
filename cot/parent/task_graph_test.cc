// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/task_graph.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/chain.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using ::scriptworker::json::Value;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

class SilentLogger : public scriptworker::Logger {
 public:
  void Log(scriptworker::LogLevel, std::string_view) override {}
};

struct GraphCase {
  std::string_view name;
  std::string_view graph_changes;    // to the task in the graph
  std::string_view runtime_changes;  // to the task that ran
  std::vector<Violation> violations;
};

class TaskGraphTest : public testing::TestWithParam<GraphCase> {};

TEST_P(TaskGraphTest, IsComparedMemberByMember) {
  const Link parent = MakeLink("signing:parent", kDecisionId);
  const Link child = MakeLink("signing:build", kBuildId, GetParam().runtime_changes);
  const Value entries =
      Json(absl::StrCat("{\"", kBuildId, R"(": {"task": )",
                        scriptworker::json::Format(TaskJson(GetParam().graph_changes)), "}}"));
  std::vector<Finding> findings;
  SilentLogger logger;

  CheckAgainstGraph(child, parent, entries.object(), parent.task_id(), logger, findings);

  EXPECT_THAT(ViolationsOf(findings), ElementsAreArray(GetParam().violations));
}

const GraphCase kCases[] = {
    {"Equal", "{}", "{}", {}},
    {"RelativeDate",
     R"({"payload": {"until": {"relative-datestamp": "1 day"}}})",
     R"({"payload": {"until": "2026-05-02T10:00:00.000Z"}})",
     {}},
    {"CreatedIsNotCompared",
     R"({"created": {"relative-datestamp": "0 seconds"}, "deadline": "x", "expires": "y"})",
     "{}",
     {}},
    {"PriorityIsNotCompared", R"({"priority": "high"})", "{}", {}},
    {"OtherPayload",
     "{}",
     R"({"payload": {"command": ["evil"]}})",
     {Violation::kTaskDiffersFromTaskGraph}},
    {"MoreScopes",
     "{}",
     R"({"scopes": ["project:releng:signing:cert:release-signing"]})",
     {Violation::kTaskDiffersFromTaskGraph}},
    {"MemberThatTheTaskLacks",
     R"({"routes": ["x"], "special": 1})",
     R"({"routes": ["x"]})",
     {Violation::kTaskDiffersFromTaskGraph}},
    {"MemberThatTheGraphLacks", "{}", R"({"special": 1})", {}},
    {"DependencyOnAStranger",
     "{}",
     R"({"dependencies": ["TargetAAQACAAAAAAAAAAA"]})",
     {Violation::kDependenciesDiffer}},
    {"DependencyOnTheDecisionIsAllowed",
     R"({"dependencies": []})",
     R"({"dependencies": ["DecisionQACAAAAAAAAAAA"]})",
     {}},
    {"DependenciesOfAnotherType",
     R"({"dependencies": "x"})",
     "{}",
     {Violation::kMalformedTaskGraph}},
    {"UnknownSpan",
     R"({"payload": {"x": {"relative-datestamp": "1 week"}}})",
     "{}",
     {Violation::kMalformedTaskGraph}},
};
INSTANTIATE_TEST_SUITE_P(Table, TaskGraphTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

std::vector<Violation> CheckEntries(std::string_view entries) {
  std::vector<Finding> findings;
  SilentLogger logger;
  const Link parent = MakeLink("signing:parent", kDecisionId);
  const Value value = Json(entries);
  CheckAgainstGraph(MakeLink("signing:build", kBuildId), parent, value.object(), parent.task_id(),
                    logger, findings);
  return ViolationsOf(findings);
}

TEST(TaskGraphTest, ATaskThatIsNotInTheGraphIsRefused) {
  EXPECT_THAT(CheckEntries("{}"), ElementsAre(Violation::kTaskNotInTaskGraph));
}

TEST(TaskGraphTest, AnEntryOfAnotherShapeIsRefused) {
  for (const std::string_view entry : {"null", "1", "[]", "{}", R"({"task": 1})",
                                       R"({"task": {"relative-datestamp": "1 day"}})"}) {
    EXPECT_THAT(CheckEntries(absl::StrCat("{\"", kBuildId, "\": ", entry, "}")),
                ElementsAre(Violation::kMalformedTaskGraph))
        << entry;
  }
}

TEST(TaskGraphTest, EveryTaskNeedsADecisionTaskOfTheChain) {
  const Link target = MakeLink("signing", kTargetId, "{}", Link::Role::kTarget);
  std::vector<Finding> findings;
  CheckEveryTaskHasAGraph(Chain(target, {MakeLink("signing:parent", kDecisionId)}), findings);
  EXPECT_THAT(findings, IsEmpty());
  CheckEveryTaskHasAGraph(Chain(target, {MakeLink("signing:build", kBuildId)}), findings);
  EXPECT_THAT(ViolationsOf(findings),
              ElementsAre(Violation::kNoTaskGraph, Violation::kNoTaskGraph));
}

TEST(TaskGraphTest, ChildrenAreThoseThatNameTheParent) {
  const Link parent = MakeLink("signing:parent", kDecisionId);
  const Chain chain(MakeLink("signing", kTargetId, "{}", Link::Role::kTarget),
                    {parent, MakeLink("signing:build", kBuildId,
                                      R"({"extra": {"parent": "OtherDAAQACAAAAAAAAAAA"}})")});
  const std::vector<const Link*> children = ChildrenOf(parent, chain);
  ASSERT_EQ(children.size(), 1u);
  EXPECT_EQ(children[0]->task_id().str(), kTargetId);
}

class ReadTaskGraphTest : public testing::Test {
 protected:
  absl::StatusOr<scriptworker::json::Object> Read(std::string_view text) {
    const std::string path = temp_.path() + "/task-graph.json";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    const scriptworker::UniqueFd owned(fd);
    EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    const Link child = MakeLink("signing:build", kBuildId);
    return ReadTaskGraph(fd, MakeLink("signing:parent", kDecisionId), {&child});
  }

  scriptworker::TempDir temp_;
};

TEST_F(ReadTaskGraphTest, TakesOutTheWantedTaskOnly) {
  const auto entries = Read(absl::StrCat(R"({"other": {"task": {"big": [1, 2, 3]}}, ")", kBuildId,
                                         R"(": {"task": {"x": 1}}})"));
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_EQ(entries->size(), 1u);
  EXPECT_NE(entries->Find(kBuildId), nullptr);
}

TEST_F(ReadTaskGraphTest, NoJsonIsRefused) {
  for (const std::string_view text : {"", "{", "[]", "{}x", "<html>"}) {
    EXPECT_THAT(Read(text), IsViolation(Violation::kMalformedTaskGraph)) << text;
  }
}

}  // namespace
}  // namespace cot
