// SPDX-License-Identifier: MPL-2.0
// The command line tool: checks a detached Ed25519 signature.

#include "scriptworker/invocation.h"
#include "scriptworker/verify_ed25519_signature_program.h"

int main(int argc, char** argv) {
  return scriptworker::VerifyEd25519SignatureProgram(scriptworker::InvocationOfProcess(argc, argv));
}
