// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/status_document.h"

#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scriptworker/base/version.h"
#include "scriptworker/base/visible_text.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/config.h"
#include "scriptworker/worker/monitoring/worker_metrics.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"

namespace scriptworker::worker {
namespace {

using ::scriptworker::json::Object;
using ::scriptworker::json::Value;

int64_t Seconds(absl::Duration duration) { return absl::ToInt64Seconds(duration); }

Value RunMember(const WorkerState::Snapshot& state) {
  if (!state.run.has_value()) return Value();
  return Object{{"taskId", state.run->task_id},
                {"runId", state.run->run_id},
                {"phase", ToString(state.run->phase)},
                {"phaseSeconds", Seconds(state.run->in_phase)},
                {"runningSeconds", Seconds(state.run->running)},
                {"leaseLeftSeconds", Seconds(state.run->lease_left)}};
}

Value PollMember(const WorkerState::Snapshot& state) {
  if (!state.last_poll.has_value()) return Value();
  Object poll{{"secondsAgo", Seconds(state.last_poll->age)}};
  if (state.last_poll->tasks.ok()) {
    poll.Set("tasks", *state.last_poll->tasks);
  } else {
    poll.Set("error", state.last_poll->tasks.status().message());
  }
  return poll;
}

std::string Text(const Value& object, std::string_view member) {
  const Value* const value = object.Find(member);
  return value != nullptr && value->is_string()
             ? VisibleText(value->string_value(), TextLayout::kLogMessage)
             : "";
}

int64_t Integer(const Value& object, std::string_view member) {
  const Value* const value = object.Find(member);
  return value != nullptr && value->is_int() ? value->int_value() : 0;
}

std::string Time(const Value& object, std::string_view member) {
  const int64_t seconds = Integer(object, member);
  return seconds == 0 ? "0s" : absl::FormatDuration(absl::Seconds(seconds));  // not "0"
}

std::string Tasks(int64_t count) { return absl::StrCat(count, count == 1 ? " task" : " tasks"); }

void AddLine(std::string_view name, std::string_view text, std::string& out) {
  absl::StrAppendFormat(&out, "%-10s %s\n", absl::StrCat(name, ":"), text);
}

}  // namespace

Value StatusDocument(const QueueIdentity& queue, const WorkerState::Snapshot& state,
                     const absl::Status& alive, const std::vector<WorkerMetrics::Value>& counters) {
  Object document{{"version", kVersion},
                  {"pid", int64_t{::getpid()}},
                  {"taskQueueId", queue.task_queue_id()},
                  {"workerGroup", queue.worker_group},
                  {"workerId", queue.worker_id},
                  {"state", ToString(state.activity())},
                  {"healthy", alive.ok()}};
  if (!alive.ok()) document.Set("problem", alive.message());
  document.Set("draining", state.draining);
  document.Set("upSeconds", Seconds(state.up));
  document.Set("run", RunMember(state));
  document.Set("lastPoll", PollMember(state));
  Object counts;
  for (const WorkerMetrics::Value& counter : counters) {
    counts.Set(counter.name, static_cast<int64_t>(std::llround(counter.value)));
  }
  document.Set("counters", std::move(counts));
  return document;
}

std::string FormatStatusDocument(const Value& document) {
  std::string out;
  AddLine("worker",
          absl::StrCat(Text(document, "workerGroup"), "/", Text(document, "workerId"), " of ",
                       Text(document, "taskQueueId"), ", version ", Text(document, "version"),
                       ", pid ", Integer(document, "pid")),
          out);
  const Value* const draining = document.Find("draining");
  AddLine("state",
          absl::StrCat(Text(document, "state"),
                       draining != nullptr && draining->is_bool() && draining->bool_value()
                           ? ", takes no more tasks"
                           : "",
                       ", up ", Time(document, "upSeconds")),
          out);
  if (const std::string problem = Text(document, "problem"); !problem.empty()) {
    AddLine("problem", problem, out);
  }
  if (const Value* const run = document.Find("run"); run != nullptr && run->is_object()) {
    AddLine("task",
            absl::StrCat(Text(*run, "taskId"), " run ", Integer(*run, "runId"), ", for ",
                         Time(*run, "runningSeconds")),
            out);
    AddLine("phase", absl::StrCat(Text(*run, "phase"), ", for ", Time(*run, "phaseSeconds")), out);
    AddLine("claim", absl::StrCat(Time(*run, "leaseLeftSeconds"), " left"), out);
  }
  if (const Value* const poll = document.Find("lastPoll"); poll != nullptr && poll->is_object()) {
    const std::string error = Text(*poll, "error");
    AddLine("last poll",
            absl::StrCat(Time(*poll, "secondsAgo"), " ago, ",
                         error.empty() ? Tasks(Integer(*poll, "tasks")) : error),
            out);
  }
  if (const Value* const counters = document.Find("counters");
      counters != nullptr && counters->is_object()) {
    for (const auto& [name, value] : counters->object()) {
      if (!value.is_int() || value.int_value() == 0) continue;
      absl::StrAppendFormat(&out, "  %s %d\n", VisibleText(name, TextLayout::kLogMessage),
                            value.int_value());
    }
  }
  return out;
}

}  // namespace scriptworker::worker
