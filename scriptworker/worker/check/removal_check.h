// SPDX-License-Identifier: MPL-2.0
//
// Whether RemoveTree() (base/file.h) would be able to empty a folder.

#ifndef SCRIPTWORKER_WORKER_CHECK_REMOVAL_CHECK_H_
#define SCRIPTWORKER_WORKER_CHECK_REMOVAL_CHECK_H_

#include <string>

namespace scriptworker::worker {

// Why this user could not remove what is in `folder`, "PATH: why" of the first such place;
// empty if nothing speaks against it. Changes nothing and follows no link. Looks at 100,000
// entries at most, 64 folders deep, and not into what its owner, this user, has closed.
std::string ObjectionToEmptying(const std::string& folder);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CHECK_REMOVAL_CHECK_H_
