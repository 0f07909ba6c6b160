// SPDX-License-Identifier: MPL-2.0
//
// What the run journal says about a run, and its text.

#ifndef SCRIPTWORKER_WORKER_JOURNAL_JOURNAL_ENTRY_H_
#define SCRIPTWORKER_WORKER_JOURNAL_JOURNAL_ENTRY_H_

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {

// How far a run has come. Each step is on disk before what it announces begins,
// but for kScriptStarted, which names a process.
enum class JournalStep {
  kClaimed,        // the claim was answered; nothing was done yet
  kScriptStarted,  // the script runs
  kScriptEnded,    // neither it nor anything that it started runs any more
  kUploading,      // artifacts may be at the queue
  kReporting,      // the run's end may be known to the queue
};

// Every step, in order: what a kill matrix has to go through.
inline constexpr std::array kJournalSteps = {JournalStep::kClaimed, JournalStep::kScriptStarted,
                                             JournalStep::kScriptEnded, JournalStep::kUploading,
                                             JournalStep::kReporting};

// "claimed", "script-started", ...
std::string_view ToString(JournalStep step);

// A process, so that another one with its number is not taken for it.
struct ProcessMark {
  pid_t pid = 0;
  uint64_t start_time = 0;  // clock ticks since the boot
  std::string boot = {};    // which boot: the kernel's boot_id
  std::string pid_ns = {};  // which PID namespace gives the number its meaning
};

struct JournalEntry {
  JournalStep step = JournalStep::kClaimed;
  taskcluster::TaskId task_id;
  taskcluster::RunId run_id = 0;
  absl::Time taken_until = absl::InfinitePast();  // by the queue's clock
  // The queue's clock, less the wall clock here.
  absl::Duration queue_ahead = absl::ZeroDuration();
  taskcluster::Credentials credentials = {};  // the run's latest
  std::optional<ProcessMark> script = {};     // from kScriptStarted on, if it was started
  std::optional<int> status = {};             // of the run, from kUploading on
};

// A slot of the journal's file: a header with version, `sequence` and digest,
// then the entry as JSON. Holds the run's credentials.
SecretString FormatJournalSlot(const JournalEntry& entry, uint64_t sequence);

struct JournalSlot {
  uint64_t sequence = 0;
  JournalEntry entry;
};

// Reads a slot; what follows its JSON is left over from before and ignored.
// nullopt: the slot is empty. Errors, which quote no secret: kDataLoss: it was
// not written to its end; kUnimplemented: of another version;
// kInvalidArgument: no worker can have written it.
absl::StatusOr<std::optional<JournalSlot>> ParseJournalSlot(std::string_view bytes);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_JOURNAL_JOURNAL_ENTRY_H_
