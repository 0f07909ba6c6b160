// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_TASK_ID_H_
#define SCRIPTWORKER_TASKCLUSTER_TASK_ID_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/statusor.h"

namespace scriptworker::taskcluster {

// The number of a task's run, counted from 0.
using RunId = int;

// A task's (or task group's) id: a "slugid", the URL-safe base64 of a version 4
// UUID in 22 characters. A TaskId always has that form, so it is safe as a
// path segment, in a URL and in a log line.
//
// Value type; thread-compatible.
class TaskId {
 public:
  // InvalidArgument unless `text` has exactly the form that Taskcluster's
  // schemas demand of `taskId`.
  static absl::StatusOr<TaskId> Parse(std::string_view text);

  // A new id. Like the slugids that Taskcluster's tools make it never begins
  // with '-', so that it can be an argument of a command.
  static TaskId Random(absl::BitGenRef bitgen);

  const std::string& str() const { return text_; }

  friend bool operator==(const TaskId& a, const TaskId& b) { return a.text_ == b.text_; }
  friend bool operator!=(const TaskId& a, const TaskId& b) { return !(a == b); }
  friend bool operator<(const TaskId& a, const TaskId& b) { return a.text_ < b.text_; }
  template <typename H>
  friend H AbslHashValue(H h, const TaskId& id) {
    return H::combine(std::move(h), id.text_);
  }
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const TaskId& id) {
    sink.Append(id.text_);
  }

 private:
  explicit TaskId(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TASK_ID_H_
