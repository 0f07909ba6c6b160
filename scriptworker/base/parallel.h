// SPDX-License-Identifier: MPL-2.0
//
// Bounded parallel loops over blocking calls.

#ifndef SCRIPTWORKER_BASE_PARALLEL_H_
#define SCRIPTWORKER_BASE_PARALLEL_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace scriptworker {

// Calls body(0) ... body(n - 1), each once, on at most `max_threads` threads
// (the caller's is one of them; the others live only during the call), and
// returns when all have returned. Indices are started in ascending order. With
// max_threads <= 1 everything runs in order on the caller's thread. If the
// system has no more threads to give, those that it gave do the work.
void ParallelFor(int n, int max_threads, absl::FunctionRef<void(int)> body);

// The same; the status of call i is element i. A failed call does not stop the
// others: a body that should stop checks a CancellationToken.
std::vector<absl::Status> ParallelStatus(int n, int max_threads,
                                         absl::FunctionRef<absl::Status(int)> body);

// The error of the lowest index, or OK.
absl::Status FirstError(const std::vector<absl::Status>& statuses);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_PARALLEL_H_
