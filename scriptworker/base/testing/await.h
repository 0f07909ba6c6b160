// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_BASE_TESTING_AWAIT_H_
#define SCRIPTWORKER_BASE_TESTING_AWAIT_H_

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

namespace scriptworker {

// Polls until the condition holds; false after `limit` of real time: what is waited for
// is done by other processes or threads.
bool AwaitTrue(absl::FunctionRef<bool()> condition, absl::Duration limit = absl::Seconds(60));

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_AWAIT_H_
