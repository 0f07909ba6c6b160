// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_VERIFY_ED25519_SIGNATURE_PROGRAM_H_
#define SCRIPTWORKER_VERIFY_ED25519_SIGNATURE_PROGRAM_H_

#include "scriptworker/invocation.h"

namespace scriptworker {

// The program verify_ed25519_signature: checks a detached Ed25519 signature, such as
// that of a chain-of-trust.json, against a given key and the built-in policy's.
// Returns its exit status, as --help explains it.
int VerifyEd25519SignatureProgram(const Invocation& invocation);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_VERIFY_ED25519_SIGNATURE_PROGRAM_H_
