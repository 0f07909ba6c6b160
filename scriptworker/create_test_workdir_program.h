// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CREATE_TEST_WORKDIR_PROGRAM_H_
#define SCRIPTWORKER_CREATE_TEST_WORKDIR_PROGRAM_H_

#include "scriptworker/invocation.h"

namespace scriptworker {

// The program create_test_workdir, over the real network: fills a folder as a script
// finds it. Returns its exit status, as --help explains it.
int CreateTestWorkdirProgram(const Invocation& invocation);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_CREATE_TEST_WORKDIR_PROGRAM_H_
