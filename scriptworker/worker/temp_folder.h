// SPDX-License-Identifier: MPL-2.0
//
// Where files go that are of no use after the worker: the scripts' credentials.

#ifndef SCRIPTWORKER_WORKER_TEMP_FOLDER_H_
#define SCRIPTWORKER_WORKER_TEMP_FOLDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/base/environment.h"

namespace scriptworker::worker {

// The first folder in which a file can be made, of those of Python's tempfile: what TMPDIR, TEMP
// and TMP say, then /tmp, /var/tmp, /usr/tmp, then the current folder. kNotFound names them all.
// Leaves nothing behind.
absl::StatusOr<std::string> FindTempFolder(const Environment& environment);

// The same of `folders`.
absl::StatusOr<std::string> FirstUsableFolder(absl::Span<const std::string> folders);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TEMP_FOLDER_H_
