// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_BASE_TESTING_FOLDER_PROGRAM_H_
#define SCRIPTWORKER_BASE_TESTING_FOLDER_PROGRAM_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace scriptworker {

// The main function of a program whose one argument is the folder that it writes
// recordings into; relative to the user's folder, where `bazel run` says it. Returns
// the exit status: 0 written or --help, 1 not written (the reason on stderr), 2 wrong
// usage.
int RunFolderProgram(int argc, const char* const* argv, std::string_view usage,
                     absl::FunctionRef<absl::Status(const std::string& folder)> write);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_TESTING_FOLDER_PROGRAM_H_
