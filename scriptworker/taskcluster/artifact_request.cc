// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_request.h"

#include <string_view>

namespace scriptworker::taskcluster {

std::string_view ToString(ErrorArtifact::Reason reason) {
  switch (reason) {
    case ErrorArtifact::Reason::kFileMissing:
      return "file-missing-on-worker";
    case ErrorArtifact::Reason::kInvalidResource:
      return "invalid-resource-on-worker";
    case ErrorArtifact::Reason::kTooLarge:
      return "too-large-file-on-worker";
    case ErrorArtifact::Reason::kNotReadable:
      return "file-not-readable-on-worker";
  }
  return "";
}

}  // namespace scriptworker::taskcluster
