// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/testing/await.h"

#include <chrono>

#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace scriptworker {

bool AwaitTrue(absl::FunctionRef<bool()> condition, absl::Duration limit) {
  const auto start = std::chrono::steady_clock::now();
  while (!condition()) {
    if (absl::FromChrono(std::chrono::steady_clock::now() - start) > limit) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

}  // namespace scriptworker
