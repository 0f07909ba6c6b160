// SPDX-License-Identifier: MPL-2.0
#ifndef COT_VERDICT_BUILDER_H_
#define COT_VERDICT_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "cot/chain/violation.h"
#include "cot/verdict.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// The verdict of one verification while it grows: takes in what the steps establish and what
// they find wrong, and says in the end what that comes to. Thread-compatible.
class VerdictBuilder {
 public:
  // Borrows the references. The queue is not asked; it names the places of definitions.
  // `start`: what is known before.
  VerdictBuilder(Verdict start, scriptworker::taskcluster::TaskReader& queue,
                 scriptworker::Clock& clock, scriptworker::Logger& logger,
                 scriptworker::CancellationToken cancellation);
  VerdictBuilder(const VerdictBuilder&) = delete;
  VerdictBuilder& operator=(const VerdictBuilder&) = delete;

  enum class Emptiness { kIsAViolation, kIsFine };
  // Runs a step and notes what it did. `check` returns how many checks it made. None at all is a
  // violation, unless something else that is wrong explains it, or `emptiness`, asked after it,
  // says otherwise.
  void RunStep(Step step, absl::FunctionRef<int()> check, absl::FunctionRef<Emptiness()> emptiness);

  // By what it is: a finding, evidence that could not be had, or what stops the verification.
  void Add(const absl::Status& error);
  void Add(std::vector<Finding> findings);
  // Further findings are only counted: one task can have hundreds of thousands.
  static constexpr size_t kMaxFindings = 1000;

  // What an earlier step has found out about the source tree, which is for the last step to say,
  // as that may find the same. If it never gets so far, Finish() says it.
  void LeaveToSourceTree(Finding finding);
  std::vector<Finding> TakeLeftToSourceTree();

  void AddLinks(std::vector<LinkVerdict> links);
  // REQUIRES: AddLinks() had the link.
  void MarkTrusted(const scriptworker::taskcluster::TaskId& task_id, const std::string& key);
  void AddArtifact(ArtifactVerdict artifact);
  void AddAbsent(AbsentArtifact artifact);
  void AddNotChecked(std::string what);  // in words

  // Whether the verdict cannot become a good one for a reason that may lie with this task.
  bool HasFault(const scriptworker::taskcluster::TaskId& task_id) const;
  // A fault of this machine: nothing can be judged any more.
  bool failed() const { return !verdict_.failure.ok(); }
  // In the order in which they were found.
  const std::vector<Finding>& findings() const { return verdict_.findings; }

  // The verdict, complete. Call it once.
  Verdict Finish();

 private:
  void Add(Finding finding);
  int64_t FindingCount() const;
  bool IsFaultless() const;

  scriptworker::taskcluster::TaskReader& queue_;
  scriptworker::Clock& clock_;
  scriptworker::Logger& logger_;
  const scriptworker::CancellationToken cancellation_;
  Verdict verdict_;
  std::vector<Finding> left_to_source_tree_;
};

}  // namespace cot

#endif  // COT_VERDICT_BUILDER_H_
