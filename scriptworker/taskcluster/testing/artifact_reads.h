// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_ARTIFACT_READS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_ARTIFACT_READS_H_

#include <vector>

#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/queue_state.h"

namespace scriptworker::taskcluster::fake {

// The queue's endpoints that read artifacts: getArtifact, getLatestArtifact, listArtifacts,
// listLatestArtifacts, artifactInfo, latestArtifactInfo, artifact, latestArtifact. `state` must
// outlive them.
std::vector<Endpoint> ArtifactReads(QueueState& state);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_ARTIFACT_READS_H_
