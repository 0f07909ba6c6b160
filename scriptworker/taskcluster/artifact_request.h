// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_REQUEST_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/time/time.h"

// What a worker may announce with the queue's createArtifact.
namespace scriptworker::taskcluster {

// An artifact whose bytes are PUT to the URL that createArtifact answers.
struct S3Artifact {
  std::string content_type;
  absl::Time expires;
  // For the queue's statistics: the artifact's bytes before they are encoded for their
  // way. Taskcluster before 96.7 refuses a request that says so.
  std::optional<int64_t> content_length = std::nullopt;
};
// Another name for the artifact `artifact` of the same run.
struct LinkArtifact {
  std::string artifact;
  std::string content_type;
  absl::Time expires;
};
// Stands for a file that could not be uploaded; reading it is a 424.
struct ErrorArtifact {
  enum class Reason {
    kFileMissing,
    kInvalidResource,
    kTooLarge,
    kNotReadable,
  };
  Reason reason = Reason::kFileMissing;
  std::string message;
  absl::Time expires;
};
std::string_view ToString(ErrorArtifact::Reason reason);
using ArtifactRequest = std::variant<S3Artifact, LinkArtifact, ErrorArtifact>;

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_REQUEST_H_
