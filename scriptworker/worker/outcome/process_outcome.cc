// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/outcome/process_outcome.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace scriptworker::worker {

std::string ExitLine(const ProcessOutcome& outcome) {
  if (outcome.return_code < 0) {
    return absl::StrCat("Automation Error: python exited with signal ", outcome.return_code);
  }
  return absl::StrCat("exit code: ", outcome.return_code);
}

}  // namespace scriptworker::worker
