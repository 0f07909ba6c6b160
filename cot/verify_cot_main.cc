// SPDX-License-Identifier: MPL-2.0
// The command line tool: verifies the chain of trust of a task.

#include <malloc.h>

#include "scriptworker/invocation.h"
#include "scriptworker/verify_cot_program.h"

int main(int argc, char** argv) {
  // A thread's heap grows by so much at a time instead of by a page: a chain of a hundred
  // tasks makes 300 system calls less.
  mallopt(M_TOP_PAD, 1 << 20);
  return scriptworker::VerifyCotProgram(scriptworker::InvocationOfProcess(argc, argv));
}
