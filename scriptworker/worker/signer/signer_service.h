// SPDX-License-Identifier: MPL-2.0
//
// The signer's half of signer_protocol.h: holds the key, signs.

#ifndef SCRIPTWORKER_WORKER_SIGNER_SIGNER_SERVICE_H_
#define SCRIPTWORKER_WORKER_SIGNER_SIGNER_SERVICE_H_

namespace scriptworker::worker {

// Answers what comes over `socket` until the other side closes it or says
// something that is no request. The key lies in a page of its own, locked into
// memory if the limits allow and kept out of core dumps; it is overwritten when
// the function returns. A key that could not be loaded can be asked for again;
// one that was loaded stays, also when its file changes. Every error that is
// answered names the key file and never quotes it.
void ServeSigner(int socket);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_SIGNER_SIGNER_SERVICE_H_
