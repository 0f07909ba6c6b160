// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_LIST_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::taskcluster {

// One page of the queue's lists of artifacts.
struct ArtifactPage {
  std::vector<ArtifactInfo> artifacts;
  std::string continuation_token;  // empty: the last page
};

absl::StatusOr<ArtifactPage> ParseArtifactPage(const json::Reader& answer);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_LIST_H_
