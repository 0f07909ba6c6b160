// SPDX-License-Identifier: MPL-2.0

#include "tools/local_taskcluster/http_front.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "httplib.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/testing/blob.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::tools {
namespace {

using taskcluster::fake::Blob;
using taskcluster::fake::WireReply;
using taskcluster::fake::WireRequest;

constexpr std::string_view kAside = "X-Aside-";
constexpr size_t kMinToCompress = 1024;
constexpr int64_t kPiece = 256 << 10;

void PutAside(httplib::Headers& headers, const std::string& name) {
  const auto found = headers.find(name);
  if (found == headers.end()) return;
  headers.emplace(std::string(kAside) + name, found->second);
  headers.erase(name);
}

// Sends a part of a blob; `length` of it, though less was promised if truncated.
bool SendBlob(const Blob& blob, int64_t begin, int64_t length, httplib::DataSink& sink) {
  for (int64_t done = 0; done < length; done += kPiece) {
    const absl::StatusOr<std::string> piece =
        blob.Read(begin + done, std::min(kPiece, length - done));
    if (!piece.ok() || !sink.write(piece->data(), piece->size())) return false;
  }
  return true;
}

}  // namespace

void DisarmRequest(httplib::Request& request) {
  request.ranges.clear();
  for (const char* name : {"Content-Encoding", "Accept-Encoding", "Range"}) {
    PutAside(request.headers, name);
  }
  for (const char* own : {"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT"}) {
    request.headers.erase(own);
  }
}

WireRequest ToWire(const httplib::Request& request) {
  WireRequest wire;
  wire.method = http::ParseMethod(request.method).value_or(http::Method::kGet);
  wire.target = request.target;
  for (const auto& [name, value] : request.headers) {
    std::string_view plain = name;
    if (absl::StartsWith(plain, kAside)) plain.remove_prefix(kAside.size());
    wire.headers.Add(plain, value);
  }
  const std::pair<std::string, std::string> host =
      absl::StrSplit(wire.headers.Find("Host").value_or(""), absl::MaxSplits(':', 1));
  wire.host = absl::AsciiStrToLower(host.first);
  if (!absl::SimpleAtoi(host.second, &wire.port)) wire.port = 80;
  wire.is_abandoned = [&request] { return request.is_connection_closed(); };
  return wire;
}

void FromWire(const httplib::Request& request, const WireReply& reply, bool compress,
              httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  const std::string type(reply.headers.Find("Content-Type").value_or("text/plain"));
  const bool truncated = reply.delivery == WireReply::Delivery::kTruncated;
  if (reply.blob != nullptr && reply.blob_length > 0) {
    // Not set_content_provider's type: it would add a second Content-Type.
    response.headers.erase("Content-Type");
    response.set_content_provider(
        static_cast<size_t>(reply.blob_length), type,
        [blob = reply.blob, begin = reply.blob_offset, truncated](size_t offset, size_t length,
                                                                  httplib::DataSink& sink) {
          const auto part = static_cast<int64_t>(truncated ? length / 2 : length);
          return SendBlob(*blob, begin + static_cast<int64_t>(offset), part, sink) && !truncated;
        });
  } else if (truncated && !reply.body.empty()) {
    response.headers.erase("Content-Type");
    response.set_content_provider(
        reply.body.size(), type,
        [body = reply.body](size_t /*offset*/, size_t length, httplib::DataSink& sink) {
          sink.write(body.data(), length / 2);
          return false;
        });
  } else {
    response.body = reply.body;
    if (compress && response.body.size() >= kMinToCompress) {
      // httplib compresses for a request that accepts it.
      const std::string accepted = request.get_header_value("X-Aside-Accept-Encoding");
      const_cast<httplib::Request&>(request).headers.emplace("Accept-Encoding", accepted);
    }
  }
}

void CloseConnection(const httplib::Request& request) {
  // httplib tells no handler its socket; the client's port names it.
  constexpr int kMaxDescriptor = 4096;
  for (int fd = 3; fd < kMaxDescriptor; ++fd) {
    sockaddr_in peer = {};
    socklen_t size = sizeof(peer);
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != request.remote_port) continue;
    sockaddr_in own = {};
    size = sizeof(own);
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
        ntohs(own.sin_port) != request.local_port) {
      continue;  // another connection of this process, in the other direction
    }
    const linger now = {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    ::shutdown(fd, SHUT_RDWR);
    return;
  }
}

}  // namespace scriptworker::tools
