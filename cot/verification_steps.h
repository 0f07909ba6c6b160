// SPDX-License-Identifier: MPL-2.0
//
// The steps of verifier.cc. Each applies its rules to everything that the steps
// before have established, leaves out what they have not (there is a finding for
// it already), and returns how many checks it made.
#ifndef COT_VERIFICATION_STEPS_H_
#define COT_VERIFICATION_STEPS_H_

#include "cot/verification.h"

namespace cot {

int BuildTheChain(Verification& verification);
int CheckCotFiles(Verification& verification);
int CheckArtifacts(Verification& verification);
int CheckTaskTypes(Verification& verification);
int CheckWorkerImplementations(Verification& verification);
int CheckRebuiltDefinitions(Verification& verification);
int CheckSourceTree(Verification& verification);

}  // namespace cot

#endif  // COT_VERIFICATION_STEPS_H_
