// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_NAME_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_NAME_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace scriptworker::taskcluster {

// The name of an artifact that is, or becomes, a file.
//
// Name and relative path are the same text, so the mapping is a bijection: one
// name has one path, one path one name. What could break that, or leave the
// folder, or what the queue refuses, is no ArtifactName: it consists of
// printable ASCII (0x20 to 0x7e) in one or more segments divided by '/', none
// of them empty, ".", ".." or longer than 255 bytes; 1024 bytes at most.
//
// Value type; thread-compatible.
class ArtifactName {
 public:
  // InvalidArgument says what is wrong with `name`, quoted and escaped.
  static absl::StatusOr<ArtifactName> Parse(std::string_view name);

  const std::string& str() const { return name_; }
  // The path relative to the folder of artifacts.
  const std::string& path() const { return name_; }

  friend bool operator==(const ArtifactName& a, const ArtifactName& b) {
    return a.name_ == b.name_;
  }
  friend bool operator<(const ArtifactName& a, const ArtifactName& b) { return a.name_ < b.name_; }
  template <typename H>
  friend H AbslHashValue(H h, const ArtifactName& name) {
    return H::combine(std::move(h), name.name_);
  }
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const ArtifactName& name) {
    sink.Append(name.name_);
  }

 private:
  explicit ArtifactName(std::string name) : name_(std::move(name)) {}

  std::string name_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_NAME_H_
