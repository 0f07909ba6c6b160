// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_CREDENTIAL_SECRETS_H_
#define SCRIPTWORKER_TASKCLUSTER_CREDENTIAL_SECRETS_H_

#include <vector>

#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {

// What no log may show of `credentials`: the access token, and of the
// certificate the members `seed` and `signature`, each by itself, since the
// certificate is written in several ways (as it came, in a JSON string, in
// YAML). None is empty.
std::vector<SecretString> SecretsOf(const Credentials& credentials);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_CREDENTIAL_SECRETS_H_
