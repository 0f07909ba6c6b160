// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/task_graph.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/evidence/control_files.h"
#include "cot/parent/relative_date.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json_diff.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object_scanner.h"
#include "scriptworker/json/readable_format.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::FormatReadably;
using scriptworker::json::Object;
using scriptworker::json::Value;

// What the queue sets or may change, and what is compared otherwise.
constexpr std::array<std::string_view, 8> kNotCompared = {
    "created",   "deadline",    "dependencies", "expires",
    "projectId", "schedulerId", "taskQueueId",  "priority"};

// Of a value in a message.
constexpr size_t kMaxIndentation = size_t{64} << 10;

constexpr size_t kChunkBytes = 256 << 10;

Finding InLink(const Link& link, Finding finding) {
  return About(link.id(), Step::kTaskTypes, std::move(finding));
}

Finding Malformed(const Link& link, std::string message) {
  return InLink(link, {.violation = Violation::kMalformedTaskGraph, .message = std::move(message)});
}

bool IsCompared(std::string_view key) {
  return std::find(kNotCompared.begin(), kNotCompared.end(), key) == kNotCompared.end();
}

// The dependencies that the task has and the graph does not give it. The decision
// task itself is one that the queue's users add.
void CheckDependencies(const Link& child, const Value& graph_task,
                       const scriptworker::taskcluster::TaskId& decision_task_id,
                       std::vector<Finding>& findings) {
  std::set<std::string> extra;
  for (const auto& id : child.task().dependencies()) extra.insert(id.str());
  const Value* expected = graph_task.Find("dependencies");
  if (expected != nullptr && !expected->is_array()) {
    findings.push_back(Malformed(
        child, absl::StrCat(child.Label(), ": dependencies in the task graph is no list")));
    return;
  }
  if (expected != nullptr) {
    for (const Value& id : expected->array()) {
      if (id.is_string()) extra.erase(std::string(id.string_value()));
    }
  }
  extra.erase(decision_task_id.str());
  if (extra.empty()) return;
  findings.push_back(
      InLink(child, {.violation = Violation::kDependenciesDiffer,
                     .message = absl::StrCat(child.Label(), " dependencies don't line up!\n{'",
                                             absl::StrJoin(extra, "', '"), "'}"),
                     .found = absl::StrJoin(extra, ", ")}));
}

void CompareMembers(const Link& child, const Object& expected, std::vector<Finding>& findings) {
  for (const scriptworker::json::Member& member : expected) {
    if (!IsCompared(member.key())) continue;
    const Value* found = child.task().raw().Find(member.key());
    if (found != nullptr && *found == member.value()) continue;
    const Value nothing;
    const Value& runtime = found == nullptr ? nothing : *found;
    findings.push_back(InLink(
        child, {.violation = Violation::kTaskDiffersFromTaskGraph,
                .message = absl::StrCat(child.Label(), " ", member.key(), " differs!\n graph: ",
                                        FormatReadably(member.value(), kMaxIndentation),
                                        "\n task: ", FormatReadably(runtime, kMaxIndentation)),
                .diff = scriptworker::json::FormatDifferences(
                    scriptworker::json::Diff(member.value(), runtime))}));
  }
}

}  // namespace

std::vector<const Link*> ChildrenOf(const Link& parent, const Chain& chain) {
  std::vector<const Link*> children;
  for (const Link* link : chain.AllLinks()) {
    if (link->parent_task_id() == parent.task_id() && link->task_id() != parent.task_id() &&
        !IsDecisionOrAction(link->type())) {
      children.push_back(link);
    }
  }
  return children;
}

void CheckEveryTaskHasAGraph(const Chain& chain, std::vector<Finding>& findings) {
  for (const Link* link : chain.AllLinks()) {
    if (IsDecisionOrAction(link->type())) continue;
    const Link* parent = chain.Find(link->parent_task_id());
    if (parent != nullptr && IsDecisionOrAction(parent->type()) &&
        parent->task_id() != link->task_id()) {
      continue;
    }
    findings.push_back(InLink(
        *link,
        {.violation = Violation::kNoTaskGraph,
         .message = absl::StrCat(link->Label(), ": its parent ", link->parent_task_id().str(),
                                 " is no decision or action task of the "
                                 "chain!")}));
  }
}

absl::StatusOr<Object> ReadTaskGraph(int fd, const Link& parent,
                                     const std::vector<const Link*>& wanted) {
  std::vector<std::string> ids;
  ids.reserve(wanted.size());
  for (const Link* link : wanted) ids.push_back(link->task_id().str());
  const std::string source = absl::StrCat(parent.Label(), " ", kTaskGraphName);
  scriptworker::json::ObjectScanner scanner(ids, {.source = source});
  std::string chunk(kChunkBytes, '\0');
  for (off_t offset = 0;;) {
    const ssize_t count = pread(fd, chunk.data(), chunk.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", source));
    }
    if (count == 0) break;
    offset += count;
    const absl::Status status =
        scanner.Write(std::string_view(chunk).substr(0, static_cast<size_t>(count)));
    if (!status.ok()) {
      return ToStatus(
          Malformed(parent, absl::StrCat("Can't load ", source, "! ", status.message())));
    }
  }
  absl::StatusOr<Object> entries = scanner.Finish();
  if (!entries.ok()) {
    return ToStatus(
        Malformed(parent, absl::StrCat("Can't load ", source, "! ", entries.status().message())));
  }
  return entries;
}

void CheckAgainstGraph(const Link& child, const Link& parent, const Object& entries,
                       const scriptworker::taskcluster::TaskId& decision_task_id,
                       scriptworker::Logger& logger, std::vector<Finding>& findings) {
  logger.Info(absl::StrCat("Verifying the ", child.Label(), " task definition is part of the ",
                           parent.Label(), " task graph..."));
  const Value* entry = entries.Find(child.task_id().str());
  if (entry == nullptr) {
    findings.push_back(
        InLink(child, {.violation = Violation::kTaskNotInTaskGraph,
                       .message = absl::StrCat("Can't find task ", child.Label(), " in ",
                                               parent.Label(), " task-graph.json!")}));
    return;
  }
  const Value* task = entry->Find("task");
  if (task == nullptr || !task->is_object()) {
    findings.push_back(
        Malformed(child, absl::StrCat("the entry of ", child.Label(), " in ", parent.Label(),
                                      " task-graph.json has no task")));
    return;
  }
  CheckDependencies(child, *task, decision_task_id, findings);
  if (!child.task().created().has_value()) {
    findings.push_back(
        InLink(child, {.violation = Violation::kMalformedTask,
                       .message = absl::StrCat(child.Label(), ": the task has no `created`")}));
    return;
  }
  const absl::StatusOr<Value> expected = ResolveRelativeDates(*task, child.task().created()->time);
  if (!expected.ok()) {
    findings.push_back(
        Malformed(child, absl::StrCat(child.Label(), ": ", expected.status().message())));
    return;
  }
  if (!expected->is_object()) {
    findings.push_back(
        Malformed(child, absl::StrCat(child.Label(), ": the task graph's task is a date")));
    return;
  }
  CompareMembers(child, expected->object(), findings);
}

}  // namespace cot
