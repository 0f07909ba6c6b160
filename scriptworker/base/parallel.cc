// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace scriptworker {

void ParallelFor(int n, int max_threads, absl::FunctionRef<void(int)> body) {
  std::atomic<int> next = 0;
  // A shared counter that many threads raise past n: n is far below the
  // overflow, and each thread raises it at most once after the end.
  const auto work = [&next, n, body] {
    for (int i = next.fetch_add(1); i < n; i = next.fetch_add(1)) body(i);
  };
  const int helpers = std::min(n, max_threads) - 1;
  std::vector<std::thread> threads;
  for (int i = 0; i < helpers; ++i) {
    try {
      threads.emplace_back(work);
    } catch (const std::system_error&) {
      break;  // no more threads to be had
    }
  }
  work();
  for (std::thread& thread : threads) thread.join();
}

std::vector<absl::Status> ParallelStatus(int n, int max_threads,
                                         absl::FunctionRef<absl::Status(int)> body) {
  std::vector<absl::Status> statuses(static_cast<size_t>(std::max(n, 0)));
  ParallelFor(n, max_threads,
              [&statuses, body](int i) { statuses[static_cast<size_t>(i)] = body(i); });
  return statuses;
}

absl::Status FirstError(const std::vector<absl::Status>& statuses) {
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace scriptworker
