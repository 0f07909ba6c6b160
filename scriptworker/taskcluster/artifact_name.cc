// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_name.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace scriptworker::taskcluster {
namespace {

constexpr size_t kMaxName = 1024;    // of the queue
constexpr size_t kMaxSegment = 255;  // of the file systems

// What is wrong with `name`; empty if nothing.
std::string_view Defect(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kMaxName) return "it is longer than 1024 bytes";
  if (name.front() == '/') return "it is absolute";
  for (const char c : name) {
    if (c < ' ' || c > '~') return "it has more than printable ASCII";
  }
  for (const std::string_view segment : absl::StrSplit(name, '/')) {
    if (segment.empty()) return "it has an empty segment";
    if (segment == "." || segment == "..") return "it has a dot segment";
    if (segment.size() > kMaxSegment) return "a segment is too long for a file";
  }
  return "";
}

}  // namespace

absl::StatusOr<ArtifactName> ArtifactName::Parse(std::string_view name) {
  if (const std::string_view defect = Defect(name); !defect.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", absl::CHexEscape(name.substr(0, 200)),
                                                   "\" is no usable artifact name: ", defect));
  }
  return ArtifactName(std::string(name));
}

}  // namespace scriptworker::taskcluster
