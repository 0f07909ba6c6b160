// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_VERIFY_COT_PROGRAM_H_
#define SCRIPTWORKER_VERIFY_COT_PROGRAM_H_

#include "scriptworker/invocation.h"

namespace scriptworker {

// The program verify_cot, over the real network. Returns its exit status, as --help
// explains it.
int VerifyCotProgram(const Invocation& invocation);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_VERIFY_COT_PROGRAM_H_
