// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_UPSTREAM_PATHS_H_
#define SCRIPTWORKER_CLIENT_UPSTREAM_PATHS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/json/value.h"

namespace scriptworker::client {

// Where the artifacts of `payload.upstreamArtifacts` are: the worker has
// verified them and put them to work_dir/cot/TASKID/NAME.
struct UpstreamPaths {
  // Task id to absolute paths, in the order of the payload.
  std::map<std::string, std::vector<std::string>> found;
  // Task id to the names of optional artifacts that are not there.
  std::map<std::string, std::vector<std::string>> missing;
};

// A name with `*` stands for all files that it matches, sorted, which may be
// none. A mandatory file that is not there is ErrorKind::kTask (1), "upstream
// artifact with path: PATH, does not exist"; an optional one is a warning in
// `log`. Either is ErrorKind::kTask (1) if it is no regular file or is reached by
// a symbolic link, and ErrorKind::kScriptWorker (5) if it cannot be opened for
// another reason. A payload of another shape is ErrorKind::kTask with exit status
// 3. Without upstreamArtifacts the result is empty.
absl::StatusOr<UpstreamPaths> FindUpstreamArtifacts(const ScriptConfig& config,
                                                    const json::Value& task, Logger& log);

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_UPSTREAM_PATHS_H_
