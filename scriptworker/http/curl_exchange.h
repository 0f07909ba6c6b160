// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_CURL_EXCHANGE_H_
#define SCRIPTWORKER_HTTP_CURL_EXCHANGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "curl/curl.h"
#include "scriptworker/http/ca_store.h"
#include "scriptworker/http/content_decoder.h"
#include "scriptworker/http/curl_pool.h"
#include "scriptworker/http/response_head.h"
#include "scriptworker/http/transport.h"

namespace scriptworker::http {

// What holds for every exchange of a transport.
struct CurlExchangeOptions {
  std::string user_agent = {};
  int64_t max_header_bytes = 0;
  int max_compression_ratio = 0;
  int64_t ratio_free_bytes = 0;
};

// What holds for one.
struct CurlExchangePlan {
  std::string_view proxy = {};  // empty: none
  bool refuse_private_address = false;
  absl::Duration timeout = absl::InfiniteDuration();
};

// One request and its response over one connection; a redirect is a response.
// Used once, by one thread, which it blocks.
class CurlExchange {
 public:
  // Borrows everything; `request` passed ValidateRequest().
  CurlExchange(const CurlExchangeOptions& options, CaStore& ca_store, const Request& request,
               const CurlExchangePlan& plan, CurlConnection& connection);
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;
  ~CurlExchange();

  // Errors are those of Transport::Send().
  absl::StatusOr<Response> Run();

 private:
  void SetConnectionOptions();
  void SetRequestOptions();
  void SetBodyOptions();
  CURLcode Transfer();
  absl::Status BeginBody();
  // What went wrong: the callbacks' error, else what libcurl says.
  absl::Status Error(CURLcode code);

  absl::Status OnHeaderLine(std::string_view line);
  absl::Status OnBodyData(std::string_view data);
  absl::StatusOr<size_t> OnReadBody(char* buffer, size_t size);
  bool IsRefused(bool is_private);

  // libcurl's callbacks; the last argument is this object.
  static size_t Header(char* data, size_t size, size_t count, void* self);
  static size_t Write(char* data, size_t size, size_t count, void* self);
  static size_t Read(char* buffer, size_t size, size_t count, void* self);
  static int Seek(void* self, curl_off_t offset, int origin);
  static curl_socket_t OpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int BeforeRequest(void* self, char* peer, char* local, int, int);
  static CURLcode SetUpTls(CURL* easy, void* ssl_context, void* self);

  // Keeps the first error; returns whether there is none.
  bool Check(const absl::Status& status);

  const CurlExchangeOptions& options_;
  CaStore& ca_store_;
  const Request& request_;
  const CurlExchangePlan& plan_;
  CurlConnection& connection_;
  CURL* const easy_;

  ResponseHead head_;
  CurlList header_list_;
  std::array<char, CURL_ERROR_SIZE> error_text_ = {};
  absl::Status error_;
  int64_t sent_bytes_ = 0;
  std::optional<ContentDecoder> decoder_;
  Response response_;
};

// kInvalidArgument if the request cannot be sent: no URL, a body on GET or HEAD,
// a header that the transport sets itself, or one that is no header.
absl::Status ValidateRequest(const Request& request);

// "METHOD redacted-url: " before the status's message.
absl::Status Annotate(const Request& request, const absl::Status& status);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_CURL_EXCHANGE_H_
