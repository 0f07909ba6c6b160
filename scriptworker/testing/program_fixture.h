// SPDX-License-Identifier: MPL-2.0
//
// For tests of the command line's programs.

#ifndef SCRIPTWORKER_TESTING_PROGRAM_FIXTURE_H_
#define SCRIPTWORKER_TESTING_PROGRAM_FIXTURE_H_

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/invocation.h"

namespace scriptworker {

// Runs a program within the test's process, in a folder of its own.
class ProgramFixture : public testing::Test {
 protected:
  using Program = int (*)(const Invocation&);

  explicit ProgramFixture(Program program) : program_(program) {}

  // Its exit status; what it wrote is in out_ and err_.
  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    return program_({.arguments = std::move(arguments),
                     .environment = Environment(variables_),
                     .working_directory = temp_.path(),
                     .out = out_,
                     .err = err_});
  }

  const Program program_;
  const TempDir temp_;
  Environment::Variables variables_;  // none, unless the test sets them
  std::ostringstream out_, err_;
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_TESTING_PROGRAM_FIXTURE_H_
