// SPDX-License-Identifier: MPL-2.0
//
// One line of what --check-config found.

#ifndef SCRIPTWORKER_WORKER_CHECK_CHECK_H_
#define SCRIPTWORKER_WORKER_CHECK_CHECK_H_

#include <string>
#include <string_view>
#include <vector>

namespace scriptworker::worker {

struct Check {
  enum class Outcome {
    kOk,
    kWarning,  // the worker would run; somebody should know
    kFailed,   // it could not start, or no task could succeed
  };
  Outcome outcome = Outcome::kOk;
  std::string subject = {};  // "work_dir", "credentials"
  std::string text = {};     // no secret
};

// "warning  work_dir: /w, 12 MiB free\n"; further lines of the text are indented.
std::string FormatCheck(const Check& check);

bool AnyFailed(const std::vector<Check>& checks);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CHECK_CHECK_H_
