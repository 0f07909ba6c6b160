// SPDX-License-Identifier: MPL-2.0
//
// What the signer process does to itself before it holds a key; what for:
// signer_process.h. Linux only.

#ifndef SCRIPTWORKER_WORKER_SIGNER_SIGNER_ISOLATION_H_
#define SCRIPTWORKER_WORKER_SIGNER_SIGNER_ISOLATION_H_

#include <sys/types.h>

namespace scriptworker::worker {

// Where IsolateSigner() puts the socket.
inline constexpr int kSignerSocket = 3;

// Makes the calling process one that no process of the same user can look into, that
// writes no core, ends with `worker`, its parent, and outlives the signals that end
// that in order. Of its descriptors stay the standard error and `socket`, as
// kSignerSocket; it works in "/". Memory is not swapped out, as far as the limits
// allow. Makes nothing but system calls.
//
// False: the worker has ended already, or "/" cannot be entered; the process has to
// end then. REQUIRES: it has one thread.
bool IsolateSigner(int socket, pid_t worker);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SIGNER_SIGNER_ISOLATION_H_
