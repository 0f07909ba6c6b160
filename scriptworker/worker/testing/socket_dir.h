// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TESTING_SOCKET_DIR_H_
#define SCRIPTWORKER_WORKER_TESTING_SOCKET_DIR_H_

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"

namespace scriptworker::worker {

// A folder whose path is short: the name of a Unix socket has 107 bytes at most,
// and the folders that tests get are longer than that. Removed in the end.
class SocketDir {
 public:
  SocketDir() { CHECK(::mkdtemp(path_.data()) != nullptr) << path_; }
  ~SocketDir() { std::filesystem::remove_all(path_); }
  SocketDir(const SocketDir&) = delete;
  SocketDir& operator=(const SocketDir&) = delete;

  std::string Path(std::string_view name) const { return absl::StrCat(path_, "/", name); }

 private:
  std::string path_ = "/tmp/socket.XXXXXX";
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_SOCKET_DIR_H_
