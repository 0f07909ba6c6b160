// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/action_context.h"

#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/jsone/limits.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::json::Value;

constexpr std::string_view kActionId = "ActionAAQACAAAAAAAAAAA";
constexpr std::string_view kAction = R"({"provisionerId": "p", "payload": {"image": "d",
  "env": {"ACTION_CALLBACK": "retrigger"}}, "extra": {"action": {}}})";

absl::StatusOr<RenderInput> Wrap(std::string_view actions, std::string_view task = kAction,
                                 std::string_view variables = R"({"input": {"times": 2}})",
                                 TasksFor tasks_for = TasksFor::kAction) {
  scriptworker::jsone::Budget budget{scriptworker::jsone::Limits()};
  return WrapAction(MakeLink("signing:action", kActionId, task),
                    MakeLink("signing:parent", kDecisionId,
                             R"({"provisionerId": "p", "payload": {"image": "d"}})"),
                    tasks_for, Json(variables).object(), Json(actions), budget);
}

// One action of that callback, with other members.
std::string Actions(std::string_view members) {
  return absl::StrCat(R"({"actions": [{"name": "n", "hookPayload": {"decision": {"action": {
      "cb_name": "retrigger"}}, "user": {"input": {"$eval": "input"}, "group": {"$eval":
      "taskGroupId"}}})",
                      members, "}]}");
}

std::string Compact(const Value* value) {
  return value == nullptr ? "absent" : scriptworker::json::FormatCompact(*value);
}

TEST(WrapActionTest, ThePayloadIsTheHooksRendered) {
  const auto input = Wrap(Actions(R"(, "kind": "hook")"), kAction,
                          R"({"input": {"times": 2}, "now": "now", "clientId": "who"})");
  ASSERT_THAT(input, IsOk());
  const Value* payload = input->variables.Find("payload");
  ASSERT_NE(payload, nullptr);
  EXPECT_EQ(Compact(payload->Find("user")),
            absl::StrCat(R"({"input":{"times":2},"group":")", kDecisionId, R"("})"));
  EXPECT_EQ(Compact(input->variables.Find("taskId")), absl::StrCat("\"", kActionId, "\""));
  EXPECT_EQ(Compact(input->variables.Find("now")), R"("now")");
  EXPECT_EQ(Compact(input->variables.Find("clientId")), R"("who")");
  EXPECT_EQ(input->decision_task_id, kDecisionId);
  EXPECT_EQ(input->parent_task_id, kActionId);
}

TEST(WrapActionTest, TheTemplateGetsTheHooksVariables) {
  const auto input =
      Wrap(Actions(R"(, "kind": "hook")"), kAction, R"({"input": null})", TasksFor::kPrAction);
  ASSERT_THAT(input, IsOk());
  ASSERT_TRUE(input->action_let.has_value());
  EXPECT_EQ(
      Compact(&*input->action_let),
      R"({"tasks_for":"pr-action","action":{"name":"${payload.decision.action.name}",)"
      R"("title":"${payload.decision.action.title}",)"
      R"("description":"${payload.decision.action.description}",)"
      R"("taskGroupId":"${payload.decision.action.taskGroupId}",)"
      R"("symbol":"${payload.decision.action.symbol}",)"
      R"("cb_name":"${payload.decision.action.cb_name}",)"
      R"("repo_scope":"assume:repo:${payload.decision.repository.url[8:]}:pr-action:generic",)"
      R"("action_perm":"generic"},"push":{"$eval":"payload.decision.push"},)"
      R"("repository":{"$eval":"payload.decision.repository"},)"
      R"("input":{"$eval":"payload.user.input"},)"
      R"("parameters":{"$eval":"payload.decision['parameters']"},)"
      R"("taskId":{"$eval":"payload.user.taskId"},)"
      R"("taskGroupId":{"$eval":"payload.user.taskGroupId"},)"
      R"("ownTaskId":{"$eval":"taskId"}})");
}

TEST(WrapActionTest, ThePermissionIsTheActionsOrThatOfItsHook) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "generic"},
      {R"(, "hookId": "in-tree-action-3-generic/abc")", "generic"},
      {R"(, "hookId": "in-tree-action-3-retrigger/abc")", "retrigger"},
      {R"(, "actionPerm": "special")", "special"},
      {R"(, "actionPerm": "special", "extra": {"actionPerm": "extra"})", "extra"},
      {R"(, "actionPerm": null, "extra": {"actionPerm": null})", "generic"},
  };
  for (const auto& [members, permission] : cases) {
    const auto input = Wrap(Actions(absl::StrCat(R"(, "kind": "hook")", members)));
    ASSERT_THAT(input, IsOk());
    EXPECT_EQ(Compact(input->action_let->Find("action")->Find("action_perm")),
              absl::StrCat("\"", permission, "\""))
        << members;
  }
}

TEST(WrapActionTest, OnlyAnActionOfThatCallbackIsIt) {
  EXPECT_THAT(Wrap(R"({"actions": []})"), IsViolation(Violation::kActionNotFound));
  EXPECT_THAT(Wrap(R"({"actions": [{"kind": "hook", "hookPayload": {"decision": {"action": {
                      "cb_name": "other"}}}}]})"),
              IsViolation(Violation::kActionNotFound));
  // A task without callback means no action at all.
  EXPECT_THAT(Wrap(R"({"actions": [{"kind": "hook", "hookPayload": {"decision": {"action": {
                      "cb_name": ""}}}}]})",
                   R"({"provisionerId": "p", "payload": {"image": "d"}, "extra": {"action": {}}})"),
              IsViolation(Violation::kActionNotFound));
}

TEST(WrapActionTest, ActionsOfAnotherKindAreRefused) {
  EXPECT_THAT(Wrap(Actions("")), IsViolation(Violation::kUnknownActionKind));
  EXPECT_THAT(Wrap(Actions(R"(, "kind": "task")")), IsViolation(Violation::kUnknownActionKind));
  // An action of the old style, which has no hook.
  EXPECT_THAT(Wrap(R"({"actions": [{"kind": "task", "task": {"payload": {"env": {
                      "ACTION_CALLBACK": "retrigger"}}}}]})"),
              IsViolation(Violation::kUnknownActionKind));
}

TEST(WrapActionTest, WhatCannotBeReadIsAViolation) {
  EXPECT_THAT(Wrap("{}"), IsViolation(Violation::kMalformedEvidence));
  EXPECT_THAT(Wrap(R"({"actions": {}})"), IsViolation(Violation::kMalformedEvidence));
  EXPECT_THAT(Wrap(R"({"actions": [7, null, "x"]})"), IsViolation(Violation::kActionNotFound));
  EXPECT_THAT(Wrap(Actions(R"(, "kind": "hook")"), kAction, "{}"),
              IsViolation(Violation::kMalformedTask));
  EXPECT_THAT(Wrap(R"({"actions": [{"kind": "hook", "hookPayload": {"decision": {"action": {
                      "cb_name": "retrigger"}}, "bad": {"$eval": "nothing"}}}]})"),
              IsViolation(Violation::kJsoneError));
}

}  // namespace
}  // namespace cot
