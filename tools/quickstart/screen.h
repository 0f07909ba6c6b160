// SPDX-License-Identifier: MPL-2.0
//
// What the quickstart prints: within 100 columns, in colour on a terminal only.

#ifndef TOOLS_QUICKSTART_SCREEN_H_
#define TOOLS_QUICKSTART_SCREEN_H_

#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "tools/quickstart/outcome.h"
#include "tools/quickstart/plan.h"

namespace scriptworker::tools {

// Thread-safe.
class Screen {
 public:
  Screen(std::ostream& out, bool colour, absl::Time start)
      : out_(out), colour_(colour), start_(start) {}

  // From now on events call this task by its name.
  void Name(const taskcluster::TaskId& id, std::string_view name);

  void Line(std::string_view text);
  void Heading(std::string_view text);
  // A line for an event; also counts reclaims.
  void Event(const taskcluster::QueueEvent& event);
  int Reclaims(const taskcluster::TaskId& id) const;

  void TableHead();
  void TableRows(const PlannedTask& planned, const TaskOutcome& outcome);
  // "ok" or "FAILED" and the text.
  void Verdict(bool good, std::string_view text);

 private:
  std::string Coloured(std::string_view text, bool good) const;

  std::ostream& out_;
  const bool colour_;
  const absl::Time start_;
  mutable absl::Mutex mutex_;  // also of out_
  int lines_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::string> names_ ABSL_GUARDED_BY(mutex_);  // by task id
  std::map<std::string, int> reclaims_ ABSL_GUARDED_BY(mutex_);       // by task id
};

}  // namespace scriptworker::tools

#endif  // TOOLS_QUICKSTART_SCREEN_H_
