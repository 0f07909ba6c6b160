// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/har/recording_file.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/file_creation_mask.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_dir.h"
#include "scriptworker/json/format.h"

namespace scriptworker::har {
namespace {

constexpr mode_t kMode = 0644;
// Of an older document: as much as can be replayed.
constexpr int64_t kMaxOlderBytes = int64_t{1} << 30;

std::string BodyPath(std::string_view path, int number) {
  return absl::StrCat(path, ".", number, ".body");
}

// Those that a recording at `path` may have. A folder that cannot be listed shows none.
std::vector<std::string> BodiesOf(const std::string& path) {
  std::vector<std::string> bodies;
  const std::string_view dirname = Dirname(path);
  const UniqueDir dir(::opendir(dirname.empty() ? "." : std::string(dirname).c_str()));
  if (dir == nullptr) return bodies;
  const std::string prefix = absl::StrCat(Basename(path), ".");
  while (const dirent* const entry = ::readdir(dir.get())) {
    std::string_view number = entry->d_name;
    if (absl::ConsumePrefix(&number, prefix) && absl::ConsumeSuffix(&number, ".body") &&
        !number.empty() && std::all_of(number.begin(), number.end(), [](char c) {
          return absl::ascii_isdigit(static_cast<unsigned char>(c));
        })) {
      bodies.push_back(absl::StrCat(path, ".", number, ".body"));
    }
  }
  return bodies;
}

bool Exists(const std::string& path) {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordingFile>> RecordingFile::Create(const std::string& path) {
  std::optional<mode_t> mode;
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
    mode = kMode & ~FileCreationMask();
  } else if (S_ISLNK(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot write ", path, ": it is a symbolic link"));
  } else if (S_ISREG(info.st_mode)) {
    // Renaming asks nobody whether the file that goes is write-protected.
    if (::access(path.c_str(), W_OK) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
    }
    mode = info.st_mode & kMode;
  }
  return absl::WrapUnique(new RecordingFile(path, mode));
}

RecordingFile::RecordingFile(std::string path, std::optional<mode_t> mode)
    : path_(std::move(path)),
      mode_(mode),
      old_bodies_(mode.has_value() ? BodiesOf(path_) : std::vector<std::string>()) {}

RecordingFile::~RecordingFile() {
  if (committed_) return;
  for (const std::string& body : new_bodies_) ::unlink(body.c_str());
}

absl::Status RecordingFile::Write(const std::string& path, std::string_view content) const {
  return mode_.has_value() ? AtomicWriteFile(path, content, *mode_) : WriteFile(path, content);
}

absl::StatusOr<std::string> RecordingFile::AddBody(std::string_view body) {
  while (Exists(BodyPath(path_, next_number_))) ++next_number_;
  const std::string path = BodyPath(path_, next_number_++);
  new_bodies_.push_back(path);
  SW_RETURN_IF_ERROR(Write(path, body));
  return std::string(Basename(path));
}

absl::Status RecordingFile::Commit(std::string_view text) {
  const std::string older = old_bodies_.empty() ? "" : ReadFile(path_, kMaxOlderBytes).value_or("");
  const absl::Status written = Write(path_, text);
  // Written and renamed, but perhaps not synced: then the document has its bodies. (What is
  // written in place is not read: a device may have no end, a pipe no writer.)
  committed_ =
      written.ok() || (mode_.has_value() &&
                       ReadFile(path_, static_cast<int64_t>(text.size())).value_or("") == text);
  SW_RETURN_IF_ERROR(written);
  for (const std::string& body : old_bodies_) {
    if (absl::StrContains(older, json::FormatString(Basename(body)))) {
      ::unlink(body.c_str());
    }
  }
  return absl::OkStatus();
}

}  // namespace scriptworker::har
