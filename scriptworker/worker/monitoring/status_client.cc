// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/monitoring/status_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/listener.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {
namespace {

constexpr size_t kMaxAnswer = size_t{1} << 20;

// Little enough for any socket to take it whole.
absl::Status SendQuestion(int fd, const std::string& name) {
  constexpr std::string_view kQuestion = "GET /status HTTP/1.0\r\n\r\n";
  const ssize_t sent = ::send(fd, kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(kQuestion.size())) return absl::OkStatus();
  if (sent < 0 && errno != EPIPE) return absl::ErrnoToStatus(errno, name);
  return absl::UnavailableError(absl::StrCat(name, ": the worker has ended"));
}

// To the end of the connection.
absl::StatusOr<std::string> Receive(int fd, const std::string& name) {
  std::string answer;
  std::array<char, 4096> buffer;
  while (answer.size() < kMaxAnswer) {
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size == 0) return answer;
    if (size < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return absl::DeadlineExceededError(absl::StrCat(name, ": the worker does not answer"));
      }
      return absl::ErrnoToStatus(errno, name);
    }
    answer.append(buffer.data(), static_cast<size_t>(size));
  }
  return absl::DataLossError(absl::StrCat(name, ": the answer does not end"));
}

}  // namespace

absl::StatusOr<json::Value> AskForStatus(const std::string& socket_path, absl::Duration patience) {
  SW_ASSIGN_OR_RETURN(const UniqueFd fd, http::ConnectToUnix(socket_path, patience));
  const timeval limit = absl::ToTimeval(patience);
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0) {
    return absl::ErrnoToStatus(errno, socket_path);
  }
  SW_RETURN_IF_ERROR(SendQuestion(fd.get(), socket_path));
  SW_ASSIGN_OR_RETURN(const std::string answer, Receive(fd.get(), socket_path));
  const size_t body = answer.find("\r\n\r\n");
  if (!absl::StartsWith(answer, "HTTP/1.1 200 ") || body == std::string::npos) {
    return absl::DataLossError(absl::StrCat(socket_path, ": no worker answers there"));
  }
  const absl::StatusOr<json::Value> document =
      json::Parse(std::string_view(answer).substr(body + 4), {.source = socket_path});
  if (!document.ok()) return absl::DataLossError(document.status().message());
  return *document;
}

}  // namespace scriptworker::worker
