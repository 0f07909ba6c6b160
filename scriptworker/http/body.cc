// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/body.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace scriptworker::http {

absl::StatusOr<size_t> StringSource::Read(absl::Span<char> buffer) {
  const size_t size = std::min(buffer.size(), data_.size() - position_);
  std::memcpy(buffer.data(), data_.data() + position_, size);
  position_ += size;
  return size;
}

absl::Status StringSource::Rewind() {
  position_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<size_t> FileSource::Read(absl::Span<char> buffer) {
  const auto wanted =
      static_cast<size_t>(std::min(static_cast<int64_t>(buffer.size()), size_ - position_));
  ssize_t got = 0;
  do {
    got = pread(fd_, buffer.data(), wanted, position_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(name_, ": cannot read"));
  }
  position_ += got;
  return static_cast<size_t>(got);
}

absl::Status FileSource::Rewind() {
  position_ = 0;
  return absl::OkStatus();
}

absl::Status StringSink::Write(std::string_view data) {
  data_.append(data);
  return absl::OkStatus();
}

absl::Status StringSink::Restart() {
  data_.clear();
  return absl::OkStatus();
}

}  // namespace scriptworker::http
