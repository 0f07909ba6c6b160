// SPDX-License-Identifier: MPL-2.0
//
// What the queue knows of artifacts: their kinds and properties, not their bytes
// (object_store.h).

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_ARTIFACT_STORE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_ARTIFACT_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {

struct ArtifactRecord {
  std::string name;
  std::string storage_type;  // "s3", "object", "reference", "link", "error"
  std::string content_type;
  absl::Time expires;
  std::optional<int64_t> content_length = std::nullopt;
  std::string url;        // reference
  std::string link_to;    // link
  std::string reason;     // error
  std::string message;    // error
  std::string upload_id;  // object
  bool present = true;    // false: an object whose upload is not finished

  // As in lists: {storageType, name, expires, contentType}, and contentLength if the
  // worker gave it.
  json::Value ToJson() const;
};

// Thread-compatible.
class ArtifactStore {
 public:
  // nullptr: none of that name.
  ArtifactRecord* Find(std::string_view task_id, int run_id, std::string_view name);

  // Adds, or replaces where the queue allows it: equal properties, a later
  // `expires`, a reference's URL, a link in place of a reference. nullptr: it
  // does not; the existing artifact is at Find().
  const ArtifactRecord* Create(std::string_view task_id, int run_id, ArtifactRecord artifact);

  // Those of a run, by name.
  std::vector<const ArtifactRecord*> List(std::string_view task_id, int run_id) const;

 private:
  // By task, run and name.
  using Key = std::tuple<std::string, int, std::string>;

  std::map<Key, ArtifactRecord> artifacts_;
};

// Where an artifact's bytes are: "{task}/{run}/{name}" in its bucket, or "t/" and
// the same as an object of the object service.
std::string StorageKey(std::string_view task_id, int run_id, std::string_view name);
std::string ObjectName(std::string_view task_id, int run_id, std::string_view name);
bool IsPublicArtifact(std::string_view name);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_ARTIFACT_STORE_H_
