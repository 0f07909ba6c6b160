// SPDX-License-Identifier: MPL-2.0
//
// What the program does to its own process before anything else. For main().

#ifndef SCRIPTWORKER_WORKER_PROCESS_PROCESS_SETUP_H_
#define SCRIPTWORKER_WORKER_PROCESS_PROCESS_SETUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"

namespace scriptworker::worker {

// Opens /dev/null for each of stdin, stdout and stderr that is closed: no file
// or socket that is opened later takes its number.
void OpenStandardDescriptors();

// Children that have ended are kept until they are waited for, also where this program
// was started with SIGCHLD ignored, which nothing but this undoes: their exit
// statuses would be lost. For a process that waits for children, before it starts one.
void KeepEndedChildren();

// From now on no other process of the same user can trace this one, or read its
// memory, environment or descriptors (the superuser can), and it writes no core.
// What it starts is not affected.
void HideFromOtherProcesses();

// `bazel run` starts programs elsewhere than the user did: goes to
// BUILD_WORKING_DIRECTORY if that is set, where the script will find itself
// then. Returns the working directory, absolute.
absl::StatusOr<std::string> EnterWorkingDirectory(const Environment& environment);

// This machine's name, for the log: the full one, if the resolver knows it (which may take as long
// as it takes to ask).
std::string HostName();

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_PROCESS_PROCESS_SETUP_H_
