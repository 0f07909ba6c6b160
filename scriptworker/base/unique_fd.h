// SPDX-License-Identifier: MPL-2.0
//
// Ownership of a file descriptor.

#ifndef SCRIPTWORKER_BASE_UNIQUE_FD_H_
#define SCRIPTWORKER_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace scriptworker {

// Closes its descriptor when it dies. Thread-compatible.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    if (const int old = std::exchange(fd_, fd); old >= 0) ::close(old);
  }

 private:
  int fd_ = -1;
};

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_UNIQUE_FD_H_
