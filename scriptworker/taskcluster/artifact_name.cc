// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_name.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/url.h"

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

absl::StatusOr<ArtifactName> ArtifactName::FromUrlPath(std::string_view encoded) {
  SW_ASSIGN_OR_RETURN(const std::string name, http::PercentDecode(encoded));
  return Parse(name);
}

bool ArtifactName::is_public() const { return absl::StartsWith(name_, "public/"); }

absl::Status CheckNoCollision(absl::Span<const ArtifactName> names) {
  absl::flat_hash_set<std::string_view> files;
  for (const ArtifactName& name : names) {
    if (!files.insert(name.str()).second) {
      return absl::InvalidArgumentError(absl::StrCat("artifact \"", name, "\" is listed twice"));
    }
  }
  for (const ArtifactName& name : names) {
    const std::string_view path = name.str();
    for (size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      if (files.contains(path.substr(0, slash))) {
        return absl::InvalidArgumentError(
            absl::StrCat("artifact \"", path.substr(0, slash),
                         "\" would be both a file and the folder of \"", path, "\""));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace scriptworker::taskcluster
