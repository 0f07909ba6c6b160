// SPDX-License-Identifier: MPL-2.0
//
// Remembers the run in hand across a crash of the worker: see recovery.h.

#ifndef SCRIPTWORKER_WORKER_JOURNAL_JOURNAL_H_
#define SCRIPTWORKER_WORKER_JOURNAL_JOURNAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/journal/journal_entry.h"
#include "scriptworker/worker/process/process_stat.h"

namespace scriptworker::worker {

// This one remembers nothing: for a worker without a state_dir. Thread-safe.
class RunJournal {
 public:
  virtual ~RunJournal() = default;

  // In this order, once each for a run, some left out. What an OK call has said
  // is found again after any crash. `now` is the wall clock's.
  virtual absl::Status Claimed(const taskcluster::ClaimedTask& /*task*/, absl::Time /*now*/) {
    return absl::OkStatus();
  }
  // ScriptStarted: on a thread of its own, while the script runs or just after: `leader` is what
  // was seen of its process before anybody waited for it.
  virtual absl::Status ScriptStarted(const ProcessStat& /*leader*/) { return absl::OkStatus(); }
  virtual absl::Status ScriptEnded() { return absl::OkStatus(); }
  virtual absl::Status Uploading(int /*status*/) { return absl::OkStatus(); }
  virtual absl::Status Reporting(int /*status*/) { return absl::OkStatus(); }
  // Nothing is left to be done for the run; its credentials are overwritten.
  virtual absl::Status Wipe() { return absl::OkStatus(); }

  // The claim was renewed; at any time between Claimed and Wipe.
  virtual absl::Status Renewed(const taskcluster::Reclaim& /*claim*/) { return absl::OkStatus(); }
};

// Two slots of one file, written in turn and synced, so that one of them is
// whole at any time. The file's size never changes: a sync costs one write.
class FileJournal final : public RunJournal {
 public:
  static constexpr std::string_view kFileName = "run.journal";

  // Makes `state_dir` (0700) if need be and the file (0600) in it, and locks it
  // until the journal dies. Errors name the path; kAborted: another worker has
  // it; kFailedPrecondition: it is not this user's own plain file.
  static absl::StatusOr<std::unique_ptr<FileJournal>> Open(const std::string& state_dir);

  // Of a state_dir where Open has failed: false if there is no file, or one without content.
  static bool MayHoldRun(const std::string& state_dir);

  // The run that was in hand when the last worker ended; nullopt: none. Errors:
  // see ParseJournalSlot; kDataLoss: the worker died while it noted its claim. (Of a worker that
  // could not wipe the run before, and dies while it notes the next claim, it is the run before,
  // and nothing tells of that claim: it expires.)
  absl::StatusOr<std::optional<JournalEntry>> Read() const;

  absl::Status Claimed(const taskcluster::ClaimedTask& task, absl::Time now) override;
  absl::Status ScriptStarted(const ProcessStat& leader) override;
  absl::Status ScriptEnded() override;
  absl::Status Uploading(int status) override;
  absl::Status Reporting(int status) override;
  absl::Status Wipe() override;
  absl::Status Renewed(const taskcluster::Reclaim& claim) override;

 private:
  static constexpr size_t kSlots = 2;

  FileJournal(std::string path, UniqueFd file);

  absl::Status Advance(JournalStep step) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Save() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Sync() const;

  const std::string path_;
  const UniqueFd file_;
  // Of this process.
  const std::string boot_id_;
  const std::string pid_namespace_;
  mutable absl::Mutex mutex_;
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  // So many bytes of each slot may hold something.
  std::array<size_t, kSlots> used_ ABSL_GUARDED_BY(mutex_) = {};
  std::optional<JournalEntry> entry_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_JOURNAL_JOURNAL_H_
