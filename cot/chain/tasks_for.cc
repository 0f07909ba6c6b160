// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/tasks_for.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cot {
namespace {

constexpr std::pair<std::string_view, TasksFor> kNames[] = {
    {"hg-push", TasksFor::kHgPush},
    {"cron", TasksFor::kCron},
    {"action", TasksFor::kAction},
    {"pr-action", TasksFor::kPrAction},
    {"github-push", TasksFor::kGithubPush},
    {"github-release", TasksFor::kGithubRelease},
    {"github-pull-request", TasksFor::kGithubPullRequest},
    {"github-pull-request-untrusted", TasksFor::kGithubPullRequestUntrusted},
};

}  // namespace

absl::StatusOr<TasksFor> ParseTasksFor(std::string_view text) {
  for (const auto& [name, tasks_for] : kNames) {
    if (name == text) return tasks_for;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "expected one of ",
      absl::StrJoin(kNames, ", ",
                    [](std::string* out, const auto& entry) { absl::StrAppend(out, entry.first); }),
      "; found \"", text, "\""));
}

std::string_view ToString(TasksFor tasks_for) {
  for (const auto& [name, value] : kNames) {
    if (value == tasks_for) return name;
  }
  return "";
}

bool IsOfAction(TasksFor tasks_for) {
  return tasks_for == TasksFor::kAction || tasks_for == TasksFor::kPrAction;
}

}  // namespace cot
