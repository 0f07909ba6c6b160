// SPDX-License-Identifier: MPL-2.0
#include "tools/fault_soak/ledger.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/taskcluster/testing/queue_event.h"

namespace scriptworker::tools {
namespace {

using ::scriptworker::taskcluster::QueueEvent;

// Endings after which the queue makes another run: a worker that was ended, a
// claim that nobody renewed, an upload that failed again and again.
constexpr std::array<std::string_view, 3> kAnotherRunFollows = {"worker-shutdown", "claim-expired",
                                                                "intermittent-task"};

std::string_view NameOf(Ending ending) {
  switch (ending) {
    case Ending::kCompleted:
      return "completed";
    case Ending::kFailed:
      return "failed";
  }
  return "";
}

bool IsResult(std::string_view ending) { return ending == "completed" || ending == "failed"; }

}  // namespace

void Ledger::Submitted(const std::string& task_id, Ending expected) {
  absl::MutexLock lock(&mutex_);
  tasks_[task_id].expected = expected;
}

void Ledger::Saw(const QueueEvent& event) {
  absl::MutexLock lock(&mutex_);
  Run& run = tasks_[event.task_id].runs[event.run_id];
  switch (event.kind) {
    case QueueEvent::Kind::kRunning:
      ++run.claims;
      break;
    case QueueEvent::Kind::kCompleted:
      run.endings.emplace_back("completed");
      break;
    case QueueEvent::Kind::kFailed:
      run.endings.emplace_back("failed");
      break;
    case QueueEvent::Kind::kException:
      run.endings.push_back(event.detail);
      break;
    case QueueEvent::Kind::kDefined:
    case QueueEvent::Kind::kPending:
    case QueueEvent::Kind::kReclaimed:
    case QueueEvent::Kind::kArtifactCreated:
      break;
  }
  if (event.run_id < 0) tasks_[event.task_id].runs.erase(event.run_id);
}

void Ledger::ReadStarts(std::string_view text) {
  absl::MutexLock lock(&mutex_);
  for (const std::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    int run_id = -1;
    const auto task = tasks_.find(words.first);
    if (task == tasks_.end() || !absl::SimpleAtoi(words.second, &run_id)) {
      strange_.push_back(absl::StrCat("a script noted \"", line, "\""));
      continue;
    }
    ++task->second.runs[run_id].starts;
  }
}

int Ledger::submitted() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(tasks_.size());
}

bool Ledger::IsResolved(const Task& task) {
  if (task.runs.empty()) return false;
  const Run& last = task.runs.rbegin()->second;
  return !last.endings.empty() && std::find(kAnotherRunFollows.begin(), kAnotherRunFollows.end(),
                                            last.endings.back()) == kAnotherRunFollows.end();
}

int Ledger::resolved() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(std::count_if(
      tasks_.begin(), tasks_.end(), [](const auto& entry) { return IsResolved(entry.second); }));
}

std::map<std::string, int> Ledger::Endings() const {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, int> endings;
  for (const auto& [id, task] : tasks_) {
    for (const auto& [run_id, run] : task.runs) {
      for (const std::string& ending : run.endings) ++endings[ending];
    }
  }
  return endings;
}

int Ledger::runs() const {
  absl::MutexLock lock(&mutex_);
  int runs = 0;
  for (const auto& [id, task] : tasks_) runs += static_cast<int>(task.runs.size());
  return runs;
}

int Ledger::starts() const {
  absl::MutexLock lock(&mutex_);
  int starts = 0;
  for (const auto& [id, task] : tasks_) {
    for (const auto& [run_id, run] : task.runs) starts += run.starts;
  }
  return starts;
}

std::vector<std::string> Ledger::Complaints() const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> complaints = strange_;
  for (const auto& [id, task] : tasks_) {
    if (!IsResolved(task)) {
      complaints.push_back(absl::StrCat("task ", id, " is lost: it is not resolved"));
      continue;
    }
    const std::string& end = task.runs.rbegin()->second.endings.back();
    if (end != NameOf(task.expected)) {
      complaints.push_back(
          absl::StrCat("task ", id, " ended as ", end, ", not as ", NameOf(task.expected)));
    }
    for (const auto& [run_id, run] : task.runs) {
      const std::string name = absl::StrCat("task ", id, " run ", run_id);
      if (run.endings.size() != 1) {
        complaints.push_back(absl::StrCat(name, " ended ", run.endings.size(),
                                          " times: ", absl::StrJoin(run.endings, ", ")));
      }
      if (run.claims > 1) {
        complaints.push_back(absl::StrCat(name, " was claimed ", run.claims, " times"));
      }
      if (run.starts > 1) {
        complaints.push_back(absl::StrCat(name, ": its script was started ", run.starts, " times"));
      }
      const bool has_result = !run.endings.empty() && IsResult(run.endings.back());
      if (has_result && run.starts == 0) {
        complaints.push_back(absl::StrCat(name, " has a result, but its script was not started"));
      }
      if (has_result && run_id != task.runs.rbegin()->first) {
        complaints.push_back(absl::StrCat(name, " has a result, and yet another run followed"));
      }
    }
  }
  return complaints;
}

}  // namespace scriptworker::tools
