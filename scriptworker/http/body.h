// SPDX-License-Identifier: MPL-2.0
//
// Where a request's body comes from and where a response's body goes when they
// are too large for memory.

#ifndef SCRIPTWORKER_HTTP_BODY_H_
#define SCRIPTWORKER_HTTP_BODY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace scriptworker::http {

// A request's body. Used by one thread at a time; a transport may call Rewind()
// and read again (stale connection, redirect that keeps the method, retry).
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Fills the front of `buffer` and returns how many bytes; 0 = the end.
  virtual absl::StatusOr<size_t> Read(absl::Span<char> buffer) = 0;
  // Goes back to the first byte.
  virtual absl::Status Rewind() = 0;
  // Exact number of bytes from the first to the end; it becomes Content-Length.
  // A source that ends earlier fails the request (kDataLoss).
  virtual int64_t size() const = 0;
};

// Gets the decoded body of a 2xx response. Used by one thread at a time.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // An error ends the transfer and becomes Send()'s result.
  virtual absl::Status Write(std::string_view data) = 0;
  // Forgets what was written: the body begins again. Called by whoever sends a
  // request again, before that.
  virtual absl::Status Restart() = 0;
};

// Bytes in memory.
class StringSource final : public BodySource {
 public:
  explicit StringSource(std::string data) : data_(std::move(data)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Rewind() override;
  int64_t size() const override { return static_cast<int64_t>(data_.size()); }

 private:
  std::string data_;
  size_t position_ = 0;
};

// The first `size` bytes of an open file, by pread(): the descriptor's own
// position is not used, so that the very descriptor that was hashed can be
// sent. Does not own the descriptor.
class FileSource final : public BodySource {
 public:
  // `name` is for error texts.
  FileSource(int fd, int64_t size, std::string name)
      : fd_(fd), size_(size), name_(std::move(name)) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Rewind() override;
  int64_t size() const override { return size_; }

 private:
  int fd_;
  int64_t size_;
  std::string name_;
  int64_t position_ = 0;
};

class StringSink final : public BodySink {
 public:
  absl::Status Write(std::string_view data) override;
  absl::Status Restart() override;
  const std::string& data() const { return data_; }

 private:
  std::string data_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_BODY_H_
