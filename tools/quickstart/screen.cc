// SPDX-License-Identifier: MPL-2.0

#include "tools/quickstart/screen.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "tools/quickstart/outcome.h"
#include "tools/quickstart/plan.h"

namespace scriptworker::tools {
namespace {

using taskcluster::QueueEvent;

constexpr size_t kHashDigits = 16;

std::string_view Words(QueueEvent::Kind kind) {
  switch (kind) {
    case QueueEvent::Kind::kDefined:
      return "defined";
    case QueueEvent::Kind::kPending:
      return "pending";
    case QueueEvent::Kind::kRunning:
      return "claimed by";
    case QueueEvent::Kind::kReclaimed:
      return "reclaimed by";
    case QueueEvent::Kind::kArtifactCreated:
      return "artifact";
    case QueueEvent::Kind::kCompleted:
    case QueueEvent::Kind::kFailed:
      return "resolved:";
    case QueueEvent::Kind::kException:
      return "resolved: exception,";
  }
  return "";
}

std::string Seconds(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

}  // namespace

void Screen::Name(const taskcluster::TaskId& id, std::string_view name) {
  absl::MutexLock lock(&mutex_);
  names_[id.str()] = std::string(name);
}

void Screen::Line(std::string_view text) {
  absl::MutexLock lock(&mutex_);
  ++lines_;
  out_ << text << "\n" << std::flush;
}

void Screen::Heading(std::string_view text) {
  absl::MutexLock lock(&mutex_);
  out_ << "\n"
       << (colour_ ? "\033[1m" : "") << text << (colour_ ? "\033[0m" : "") << "\n"
       << std::flush;
}

void Screen::Event(const QueueEvent& event) {
  if (event.kind == QueueEvent::Kind::kDefined) return;
  absl::MutexLock lock(&mutex_);
  if (event.kind == QueueEvent::Kind::kReclaimed) ++reclaims_[event.task_id];
  const auto name = names_.find(event.task_id);
  out_ << absl::StreamFormat("%8s  %-10s run %d  %s %s\n", Seconds(event.time - start_),
                             name == names_.end() ? event.task_id : name->second, event.run_id,
                             Words(event.kind), event.detail)
       << std::flush;
}

int Screen::Reclaims(const taskcluster::TaskId& id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = reclaims_.find(id.str());
  return found == reclaims_.end() ? 0 : found->second;
}

void Screen::TableHead() {
  Line(absl::StrFormat("%-10s %3s  %-17s %6s  %-30s %7s  %s", "task", "run", "resolution", "time",
                       "artifact", "bytes", "sha256"));
}

void Screen::TableRows(const PlannedTask& planned, const TaskOutcome& outcome) {
  for (size_t i = 0; i < outcome.runs.size(); ++i) {
    const RunOutcome& run = outcome.runs[i];
    std::string left = absl::StrFormat("%-10s %3d  %-17s %6s", planned.name, i, run.resolution,
                                       Seconds(run.duration));
    const std::string blank(left.size(), ' ');
    for (const SeenArtifact& artifact : run.artifacts) {
      Line(absl::StrFormat("%s  %-30s %7d  %s", left, artifact.name, artifact.size,
                           artifact.sha256.substr(0, kHashDigits)));
      left = blank;
    }
    if (run.artifacts.empty()) Line(left);
  }
}

void Screen::Verdict(bool good, std::string_view text) {
  Line(absl::StrCat(Coloured(good ? "ok     " : "FAILED ", good), text));
}

std::string Screen::Coloured(std::string_view text, bool good) const {
  if (!colour_) return std::string(text);
  return absl::StrCat(good ? "\033[32m" : "\033[31m", text, "\033[0m");
}

}  // namespace scriptworker::tools
