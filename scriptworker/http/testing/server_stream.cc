// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/testing/server_stream.h"

#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "openssl/ssl.h"

namespace scriptworker::http {

bool ServerStream::Accept(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  return ssl_ != nullptr && SSL_set_fd(ssl_.get(), socket_.get()) == 1 &&
         SSL_accept(ssl_.get()) == 1;
}

bool ServerStream::Fill() {
  std::array<char, 65536> chunk;
  const ssize_t got = ssl_ != nullptr
                          ? SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()))
                          : recv(socket_.get(), chunk.data(), chunk.size(), 0);
  if (got <= 0) return false;
  buffer_.append(chunk.data(), static_cast<size_t>(got));
  return true;
}

std::optional<std::string> ServerStream::ReadLine() {
  size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string ServerStream::Read(size_t max) {
  if (buffer_.empty() && !Fill()) return "";
  std::string data = buffer_.substr(0, max);
  buffer_.erase(0, data.size());
  return data;
}

bool ServerStream::Write(std::string_view data) {
  while (!data.empty()) {
    const size_t size = std::min(data.size(), size_t{1} << 20);
    const ssize_t put = ssl_ != nullptr ? SSL_write(ssl_.get(), data.data(), static_cast<int>(size))
                                        : send(socket_.get(), data.data(), size, MSG_NOSIGNAL);
    if (put <= 0) return false;
    data.remove_prefix(static_cast<size_t>(put));
  }
  return true;
}

void ServerStream::AwaitEnd() {
  while (Fill()) buffer_.clear();
}

void ServerStream::ResetOnClose() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

void ServerStream::Shutdown() { shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace scriptworker::http
