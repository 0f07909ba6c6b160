// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_list.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

absl::StatusOr<ArtifactInfo> ReadArtifact(const json::Reader& reader) {
  ArtifactInfo artifact;
  SW_ASSIGN_OR_RETURN(artifact.name, reader.String("name"));
  SW_ASSIGN_OR_RETURN(artifact.storage_type, reader.StringOr("storageType", ""));
  SW_ASSIGN_OR_RETURN(artifact.content_type, reader.StringOr("contentType", ""));
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> expires, reader.OptionalField("expires"));
  if (expires.has_value()) {
    SW_ASSIGN_OR_RETURN(const std::string text, expires->AsString());
    const absl::StatusOr<absl::Time> time = ParseTimestamp(text);
    if (!time.ok()) return expires->Error(time.status().message());
    artifact.expires = *time;
  }
  SW_ASSIGN_OR_RETURN(const std::optional<json::Reader> length,
                      reader.OptionalField("contentLength"));
  if (length.has_value()) {
    SW_ASSIGN_OR_RETURN(artifact.content_length, length->AsInt());
  }
  return artifact;
}

}  // namespace

absl::StatusOr<ArtifactPage> ParseArtifactPage(const json::Reader& answer) {
  ArtifactPage page;
  SW_ASSIGN_OR_RETURN(const json::Reader list, answer.Field("artifacts"));
  SW_ASSIGN_OR_RETURN(const std::vector<json::Reader> elements, list.Elements());
  for (const json::Reader& element : elements) {
    SW_ASSIGN_OR_RETURN(ArtifactInfo artifact, ReadArtifact(element));
    page.artifacts.push_back(std::move(artifact));
  }
  SW_ASSIGN_OR_RETURN(page.continuation_token, answer.StringOr("continuationToken", ""));
  return page;
}

}  // namespace scriptworker::taskcluster
