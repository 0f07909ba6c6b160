// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_TESTING_SERVER_STREAM_H_
#define SCRIPTWORKER_HTTP_TESTING_SERVER_STREAM_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "openssl/ssl.h"
#include "scriptworker/base/unique_fd.h"

namespace scriptworker::http {

// The server's end of one connection, plain or TLS, with blocking calls.
class ServerStream {
 public:
  explicit ServerStream(UniqueFd socket) : socket_(std::move(socket)) {}

  // The TLS handshake; without this call the stream is plain.
  bool Accept(SSL_CTX* context);

  // Through the next line end, which is not in the result; nullopt at the end.
  std::optional<std::string> ReadLine();
  // At least one byte and at most `max`; empty at the end.
  std::string Read(size_t max);
  bool Write(std::string_view data);

  // Blocks until the peer or Shutdown() ends the connection.
  void AwaitEnd();
  // The next close sends RST instead of FIN.
  void ResetOnClose();
  // Ends blocked calls of other threads.
  void Shutdown();

 private:
  bool Fill();

  UniqueFd socket_;
  bssl::UniquePtr<SSL> ssl_;  // null: plain
  std::string buffer_;
};

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_TESTING_SERVER_STREAM_H_
