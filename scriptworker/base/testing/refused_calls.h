// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_BASE_TESTING_REFUSED_CALLS_H_
#define SCRIPTWORKER_BASE_TESTING_REFUSED_CALLS_H_

#include <initializer_list>

#include "absl/functional/function_ref.h"

namespace scriptworker {

// Runs `body` on a thread of its own, for which (and for the processes that it starts)
// the system refuses `calls` (SYS_...) with `error`, and gives no more rights. Returns
// false, without running it, if this kernel has no filters of system calls.
bool RunWithRefusedCalls(std::initializer_list<long> calls, int error,
                         absl::FunctionRef<void()> body);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_REFUSED_CALLS_H_
