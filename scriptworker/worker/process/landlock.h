// SPDX-License-Identifier: MPL-2.0
//
// Landlock: the Linux kernel's file system sandbox for ordinary processes.
// https://docs.kernel.org/userspace-api/landlock.html

#ifndef SCRIPTWORKER_WORKER_PROCESS_LANDLOCK_H_
#define SCRIPTWORKER_WORKER_PROCESS_LANDLOCK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

// The version of the interface that this kernel has; 0: none, or switched off.
int LandlockAbi();

struct LandlockPaths {
  // Files and folders, absolute. In these folders everything may be done;
  // elsewhere nothing can be written, made or removed, except that the usual
  // devices (/dev/null, /dev/tty, ...) can be written to.
  std::vector<std::string> writable = {};
  // Cannot be read, run or entered; all else can be. One that does not exist is
  // left out, as is everything that is put into the folders above a hidden path
  // after the ruleset was made.
  std::vector<std::string> hidden = {};
};

// A ruleset for these paths, as far as the kernel's version goes: without version
// 2 no file moves from one folder to another, without 3 a file that the user may
// write can be truncated anywhere, from 6 on no process outside can be sent
// signals. Processes in the sandbox cannot trace those outside. kUnimplemented:
// no Landlock. kFailedPrecondition: a hidden path lies in a writable one. Errors
// name the path.
absl::StatusOr<UniqueFd> MakeLandlockRuleset(const LandlockPaths& paths);

// For the calling thread and all that it starts, for ever. REQUIRES:
// no_new_privs. Only one system call: may be called between fork and exec. False:
// see errno.
bool EnterLandlock(int ruleset);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_LANDLOCK_H_
