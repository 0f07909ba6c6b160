// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::worker {

absl::StatusOr<LogFile> LogFile::Open(Options options) {
  LogFile file(std::move(options));
  SW_RETURN_IF_ERROR(file.Reopen());
  return file;
}

bool LogFile::rotates() const {
  return !options_.watch && options_.max_bytes > 0 && options_.max_backups > 0;
}

absl::Status LogFile::Reopen() {
  fd_.reset(
      ::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644));
  struct stat info;
  if (!fd_.valid() || ::fstat(fd_.get(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(options_.path, ": cannot open the log"));
  }
  size_ = info.st_size;
  device_ = info.st_dev;
  inode_ = info.st_ino;
  return absl::OkStatus();
}

bool LogFile::WasReplaced() const {
  struct stat info;
  return ::stat(options_.path.c_str(), &info) != 0 || info.st_dev != device_ ||
         info.st_ino != inode_;
}

absl::Status LogFile::Rotate() {
  const auto name = [this](int backup) {
    return backup == 0 ? options_.path : absl::StrCat(options_.path, ".", backup);
  };
  for (int backup = options_.max_backups - 1; backup >= 0; --backup) {
    if (std::rename(name(backup).c_str(), name(backup + 1).c_str()) != 0 && errno != ENOENT) {
      const absl::Status why = absl::ErrnoToStatus(errno, name(backup));
      size_ = 0;  // tried again when as much has come as should have been rotated
      return absl::Status(why.code(),
                          absl::StrCat("the log cannot be rotated and grows on: ", why.message()));
    }
  }
  return Reopen();
}

absl::Status LogFile::Append(std::string_view bytes) {
  const int64_t length = static_cast<int64_t>(bytes.size());
  rotation_ = absl::OkStatus();
  if (!fd_.valid() || (options_.watch && WasReplaced())) {
    SW_RETURN_IF_ERROR(Reopen());
  } else if (rotates() && size_ > 0 && size_ + length >= options_.max_bytes) {
    rotation_ = Rotate();
    if (!fd_.valid()) return rotation_;
  }
  SW_RETURN_IF_ERROR(WriteAll(fd_.get(), bytes, options_.path));
  size_ += length;
  return absl::OkStatus();
}

}  // namespace scriptworker::worker
