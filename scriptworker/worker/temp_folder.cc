// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/temp_folder.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/worker/credentials_file.h"

namespace scriptworker::worker {

absl::StatusOr<std::string> FirstUsableFolder(absl::Span<const std::string> folders) {
  for (const std::string& folder : folders) {
    if (CredentialsFile::Create(folder).ok()) return folder;
  }
  return absl::NotFoundError(
      absl::StrCat("no folder for temporary files can be used: ", absl::StrJoin(folders, ", ")));
}

absl::StatusOr<std::string> FindTempFolder(const Environment& environment) {
  std::vector<std::string> folders;
  for (const std::string_view variable : {"TMPDIR", "TEMP", "TMP"}) {
    if (std::string folder = environment.GetOr(variable, ""); !folder.empty()) {
      folders.push_back(std::move(folder));
    }
  }
  for (const std::string_view folder : {"/tmp", "/var/tmp", "/usr/tmp", "."}) {
    folders.emplace_back(folder);
  }
  return FirstUsableFolder(folders);
}

}  // namespace scriptworker::worker
