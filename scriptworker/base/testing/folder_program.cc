// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/base/testing/folder_program.h"

#include <iostream>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/path.h"

namespace scriptworker {

int RunFolderProgram(int argc, const char* const* argv, std::string_view usage,
                     absl::FunctionRef<absl::Status(const std::string& folder)> write) {
  if (argc == 2 && argv[1] == std::string_view("--help")) {
    std::cout << usage;
    return 0;
  }
  if (argc != 2 || argv[1][0] == '-' || argv[1][0] == '\0') {
    std::cerr << usage;
    return 2;
  }
  const absl::Status written = write(ResolveAgainstWorkingDirectory(
      argv[1], Environment::FromProcess().GetOr("BUILD_WORKING_DIRECTORY", ".")));
  if (written.ok()) return 0;
  std::cerr << Basename(argv[0]) << ": " << written.message() << "\n";
  return 1;
}

}  // namespace scriptworker
