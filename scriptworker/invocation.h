// SPDX-License-Identifier: MPL-2.0
//
// What a program of the command line gets from its process. Programs are functions of
// it, so that tests run them within their own process.

#ifndef SCRIPTWORKER_INVOCATION_H_
#define SCRIPTWORKER_INVOCATION_H_

#include <ostream>
#include <string>
#include <vector>

#include "scriptworker/base/environment.h"

namespace scriptworker {

struct Invocation {
  std::vector<std::string> arguments;  // without the program's own name
  Environment environment;
  // Where relative paths begin: absolute; empty if it was removed.
  std::string working_directory;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

// This process's own. `bazel run` starts programs elsewhere, and says where it was
// called (BUILD_WORKING_DIRECTORY).
Invocation InvocationOfProcess(int argc, const char* const* argv);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_INVOCATION_H_
