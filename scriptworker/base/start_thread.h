// SPDX-License-Identifier: MPL-2.0
//
// Threads where there may be none: a script that fills its machine with processes must not end
// the worker.

#ifndef SCRIPTWORKER_BASE_START_THREAD_H_
#define SCRIPTWORKER_BASE_START_THREAD_H_

#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace scriptworker {

// Runs `body` on a thread of its own, which has to be joined. kResourceExhausted: the system has
// none to give; nothing has run then.
absl::StatusOr<std::thread> StartThread(absl::AnyInvocable<void()> body);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_START_THREAD_H_
