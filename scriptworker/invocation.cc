// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/invocation.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "scriptworker/base/environment.h"

namespace scriptworker {

Invocation InvocationOfProcess(int argc, const char* const* argv) {
  Environment environment = Environment::FromProcess();
  std::error_code error;  // a folder that was removed: paths stay relative then
  const std::string here = std::filesystem::current_path(error).string();
  std::string working_directory = environment.GetOr("BUILD_WORKING_DIRECTORY", here);
  return {.arguments = std::vector<std::string>(argv + 1, argv + argc),
          .environment = std::move(environment),
          .working_directory = std::move(working_directory),
          .out = std::cout,
          .err = std::cerr,
          .err_is_terminal = ::isatty(STDERR_FILENO) == 1};
}

}  // namespace scriptworker
