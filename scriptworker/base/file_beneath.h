// SPDX-License-Identifier: MPL-2.0
//
// Writing below a folder in which others may have put symbolic links: none is ever followed
// (the folder itself may be one).
#ifndef SCRIPTWORKER_BASE_FILE_BENEATH_H_
#define SCRIPTWORKER_BASE_FILE_BENEATH_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker {

// `relative` is refused (kInvalidArgument) if it is empty or absolute or has an empty, "."
// or ".." segment. A link, or anything else that is no directory, where one should be is
// kFailedPrecondition.

// Makes `dir` and the parents of `relative` below it (mode 0777 less the umask), and opens
// the innermost one.
absl::StatusOr<UniqueFd> MakeParentsBeneath(const std::string& dir, std::string_view relative);

// The same, and the file with that content; a file that is there is replaced at once. What
// cannot be written to the end is removed.
absl::Status WriteFileBeneath(const std::string& dir, std::string_view relative,
                              std::string_view bytes);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_FILE_BENEATH_H_
