// SPDX-License-Identifier: MPL-2.0
//
// Where the worker's secrets are when the configuration file has none.
#ifndef SCRIPTWORKER_WORKER_CONFIG_CREDENTIALS_LOOKUP_H_
#define SCRIPTWORKER_WORKER_CONFIG_CREDENTIALS_LOOKUP_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::worker {

// What was found, and where: a path, or "the environment".
struct FoundSecret {
  json::Value value;
  std::string source;
};

// The files that LookUpSecret looks into, whether they are there or not.
std::vector<std::string> SecretFiles(const std::string& directory, const Environment& environment);

// Looks for `key` in `directory`/secrets.json, then in $HOME/.scriptworker
// (/etc/.scriptworker if HOME is not set); both are JSON objects. A value that
// is null, false, 0 or empty counts as absent. Only for the key `credentials`
// the variables TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN and, if not
// empty, TASKCLUSTER_CERTIFICATE come last. nullopt: nowhere. A file that
// exists and cannot be read as that is an error, which names it. A sentence for
// each file that others can read or change is added to `warnings`.
absl::StatusOr<std::optional<FoundSecret>> LookUpSecret(std::string_view key,
                                                        const std::string& directory,
                                                        const Environment& environment,
                                                        std::vector<std::string>& warnings);

// The credentials in a value that was found. The worker's own are never empty
// nor the placeholder `...`. Errors begin with `source`, which ends with the value's
// own name ("FILE: credentials"), one line for each member that is wrong, and quote no value.
absl::StatusOr<taskcluster::Credentials> ReadPermanentCredentials(const json::Value& value,
                                                                  const std::string& source);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_CREDENTIALS_LOOKUP_H_
