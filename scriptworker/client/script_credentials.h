// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_SCRIPT_CREDENTIALS_H_
#define SCRIPTWORKER_CLIENT_SCRIPT_CREDENTIALS_H_

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::client {

// The run's own, temporary credentials, from the file whose descriptor is
// TASKCLUSTER_CREDENTIALS_FD. The worker renews them while the script runs: read
// them before each use, do not keep them. The descriptor's offset is neither
// used nor moved.
//
// ErrorKind::kConfig without the variable, ErrorKind::kScriptWorker if what it
// names cannot be read or holds no credentials; no error quotes them.
absl::StatusOr<taskcluster::Credentials> ReadScriptCredentials(const Environment& environment);

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_SCRIPT_CREDENTIALS_H_
