// SPDX-License-Identifier: MPL-2.0
// The command line tool: fills a folder as a script finds it.

#include "scriptworker/create_test_workdir_program.h"
#include "scriptworker/invocation.h"

int main(int argc, char** argv) {
  return scriptworker::CreateTestWorkdirProgram(scriptworker::InvocationOfProcess(argc, argv));
}
