// SPDX-License-Identifier: MPL-2.0
//
// What the kernel says about processes. Linux only.

#ifndef SCRIPTWORKER_WORKER_PROCESS_PROCESS_STAT_H_
#define SCRIPTWORKER_WORKER_PROCESS_PROCESS_STAT_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace scriptworker::worker {

struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  uint64_t start_time = 0;  // clock ticks since the boot
  // All of its threads have; it was not yet waited for.
  bool ended = false;
};

// Reads the text of /proc/PID/stat, in which the program's name may hold
// anything; nullopt if it is none.
std::optional<ProcessStat> ParseProcessStat(std::string_view text);

// nullopt: there is no such process.
std::optional<ProcessStat> ReadProcessStat(pid_t pid);

// All processes that this one can see.
std::vector<ProcessStat> ListProcessStats();

// How long ago it was started, to a clock tick; the time that the machine slept counts.
absl::Duration AgeOf(const ProcessStat& process);

// Whether the process was started with each of `variables` ("NAME=value"), as
// far as this process may know. Any thread of it will do: the first may have
// ended.
bool HasEnvironment(pid_t pid, const std::vector<std::string>& variables);

// This boot, and this PID namespace: a ProcessMark of others says nothing here.
std::string BootId();
std::string PidNamespace();

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_PROCESS_STAT_H_
