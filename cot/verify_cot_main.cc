// SPDX-License-Identifier: MPL-2.0
// The command line tool: verifies the chain of trust of a task.

#include "scriptworker/invocation.h"
#include "scriptworker/verify_cot_program.h"

int main(int argc, char** argv) {
  return scriptworker::VerifyCotProgram(scriptworker::InvocationOfProcess(argc, argv));
}
