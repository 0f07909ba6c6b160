// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/passing_error.h"

#include "absl/status/status.h"

namespace scriptworker::worker {

bool IsPassing(const absl::Status& error) {
  return absl::IsUnavailable(error) || absl::IsDeadlineExceeded(error) || absl::IsDataLoss(error);
}

}  // namespace scriptworker::worker
