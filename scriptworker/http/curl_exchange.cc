// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/curl_exchange.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "curl/curl.h"
#include "openssl/ssl.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/private_address.h"
#include "scriptworker/http/proxy.h"

namespace scriptworker::http {
namespace {

// Cap on what is kept of a response that is no success.
constexpr int64_t kMaxErrorBodyBytes = int64_t{4} << 20;
constexpr int64_t kMaxReservedBytes = int64_t{1} << 20;
constexpr long kStreamBufferBytes = 100L << 10;  // NOLINT: libcurl's type
constexpr int kPollMilliseconds = 1000;

// For libcurl, which takes 0 as "none".
long Milliseconds(absl::Duration duration) {  // NOLINT: libcurl's type
  if (duration == absl::InfiniteDuration()) return 0;
  return std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1,
                             std::numeric_limits<int32_t>::max());
}

absl::StatusCode CodeOf(CURLcode code) {
  // Not a switch: curl/curl.h has more codes than a reader would want listed.
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return absl::StatusCode::kDeadlineExceeded;
  }
  if (code == CURLE_PARTIAL_FILE) return absl::StatusCode::kDataLoss;
  // Not CURLE_UNSUPPORTED_PROTOCOL: that is what a server speaks, for a Url is http or https.
  if (code == CURLE_URL_MALFORMAT || code == CURLE_BAD_FUNCTION_ARGUMENT) {
    return absl::StatusCode::kInvalidArgument;
  }
  if (code == CURLE_OUT_OF_MEMORY || code == CURLE_TOO_LARGE) {
    return absl::StatusCode::kResourceExhausted;
  }
  return absl::StatusCode::kUnavailable;
}

bool HasBody(const Request& request) {
  return request.method == Method::kPost || request.method == Method::kPut ||
         !request.body.empty() || request.body_source != nullptr;
}

}  // namespace

absl::Status Annotate(const Request& request, const absl::Status& status) {
  return WithMessage(status, absl::StrCat(MethodName(request.method), " ", request.url.Redacted(),
                                          ": ", status.message()));
}

absl::Status ValidateRequest(const Request& request) {
  if (request.url.empty()) {
    return absl::InvalidArgumentError("a request without URL");
  }
  if (HasBody(request) && (request.method == Method::kGet || request.method == Method::kHead)) {
    return absl::InvalidArgumentError("a request that asks only, with a body");
  }
  SW_RETURN_IF_ERROR(ValidateHeaders(request.headers));
  for (std::string_view name :
       {"Host", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "User-Agent"}) {
    if (request.headers.contains(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the header ", name, " is set by the transport, not by the caller"));
    }
  }
  return absl::OkStatus();
}

CurlExchange::CurlExchange(const CurlExchangeOptions& options, CaStore& ca_store,
                           const Request& request, const CurlExchangePlan& plan,
                           CurlConnection& connection)
    : options_(options),
      ca_store_(ca_store),
      request_(request),
      plan_(plan),
      connection_(connection),
      easy_(connection.easy.get()),
      head_(options.max_header_bytes) {}

// The handle lives on, and must not refer to this object.
CurlExchange::~CurlExchange() { curl_easy_reset(easy_); }

absl::StatusOr<Response> CurlExchange::Run() {
  // With a proxy it is the proxy that connects, and resolves.
  if (!plan_.proxy.empty() && IsRefused(IsPrivateAddressText(request_.url.host()))) {
    return Error(CURLE_COULDNT_CONNECT);
  }
  SetConnectionOptions();
  SetRequestOptions();
  if (HasBody(request_)) SetBodyOptions();
  const CURLcode code = Transfer();
  if (code != CURLE_OK || !error_.ok()) return Error(code);
  if (decoder_.has_value() && !Check(decoder_->Finish())) return Error(code);
  response_.final_url = request_.url;
  return std::move(response_);
}

void CurlExchange::SetConnectionOptions() {
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  // A cancelled or timed out request does not wait for the name's resolution.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(request_.connect_timeout));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, Milliseconds(plan_.timeout));
  if (request_.low_speed_bytes_per_second > 0) {
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT,
                     static_cast<long>(request_.low_speed_bytes_per_second));
    curl_easy_setopt(
        easy_, CURLOPT_LOW_SPEED_TIME,
        std::max(1L, static_cast<long>(absl::ToInt64Seconds(request_.low_speed_time))));
  }
  // An empty value keeps libcurl from reading the environment. Which hosts go without the
  // proxy is decided already.
  curl_easy_setopt(easy_, CURLOPT_PROXY, std::string(plan_.proxy).c_str());
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);

  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy_, CURLOPT_SSL_CTX_FUNCTION, &SetUpTls);
  curl_easy_setopt(easy_, CURLOPT_SSL_CTX_DATA, this);
  // SetUpTls() puts the shared authorities there.
  curl_easy_setopt(easy_, CURLOPT_CA_CACHE_TIMEOUT, 0L);

  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  if (plan_.refuse_private_address && plan_.proxy.empty()) {
    curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &BeforeRequest);
    curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  }
}

void CurlExchange::SetRequestOptions() {
  const Url& url = request_.url;
  // libcurl would change the case of escapes; so it gets the origin, and the
  // target as it is. A proxy that speaks HTTP wants the whole URL as target.
  curl_easy_setopt(easy_, CURLOPT_URL, absl::StrCat(url.origin(), "/").c_str());
  const bool whole =
      !plan_.proxy.empty() && !url.is_https() && ProxyRules::IsHttpProxy(plan_.proxy);
  curl_easy_setopt(
      easy_, CURLOPT_REQUEST_TARGET,
      whole ? absl::StrCat(url.origin(), url.target()).c_str() : std::string(url.target()).c_str());
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (request_.method == Method::kHead) {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else if (request_.method != Method::kGet) {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST,
                     std::string(MethodName(request_.method)).c_str());
  }

  curl_slist* list = nullptr;
  for (const auto& [name, value] : request_.headers) {
    list = curl_slist_append(list, value.empty() ? absl::StrCat(name, ";").c_str()
                                                 : absl::StrCat(name, ": ", value).c_str());
  }
  if (request_.accept_gzip) {
    list = curl_slist_append(list, "Accept-Encoding: gzip, deflate");
  }
  if (HasBody(request_)) {
    list = curl_slist_append(list, "Expect:");
    if (!request_.headers.contains("Content-Type")) {
      list = curl_slist_append(list, "Content-Type:");
    }
  }
  header_list_.reset(list);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list);

  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Write);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  if (request_.sink != nullptr) {
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kStreamBufferBytes);
  }
}

void CurlExchange::SetBodyOptions() {
  curl_easy_setopt(easy_, CURLOPT_POST, 1L);
  if (request_.body_source == nullptr) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    return;
  }
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request_.body_source->size()));
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Read);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
  curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &Seek);
  curl_easy_setopt(easy_, CURLOPT_SEEKDATA, this);
}

CURLcode CurlExchange::Transfer() {
  CURLM* const multi = connection_.multi.get();
  // Ends the poll below at once when the token is cancelled.
  const CancellationCallback wake(request_.cancellation, [multi] { curl_multi_wakeup(multi); });
  if (curl_multi_add_handle(multi, easy_) != CURLM_OK) {
    return CURLE_FAILED_INIT;
  }
  CURLcode code = CURLE_OK;
  for (int running = 1; running > 0;) {
    if (request_.cancellation.cancelled()) {
      code = CURLE_ABORTED_BY_CALLBACK;
      break;
    }
    if (curl_multi_perform(multi, &running) != CURLM_OK ||
        (running > 0 &&
         curl_multi_poll(multi, nullptr, 0, kPollMilliseconds, nullptr) != CURLM_OK)) {
      code = CURLE_FAILED_INIT;
      break;
    }
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  // Closes the connection if the transfer is not complete.
  curl_multi_remove_handle(multi, easy_);
  return code;
}

absl::Status CurlExchange::Error(CURLcode code) {
  if (request_.cancellation.cancelled()) return request_.cancellation.reason();
  if (!error_.ok()) return Annotate(request_, error_);
  return Annotate(
      request_,
      absl::Status(CodeOf(code), error_text_[0] == '\0' ? std::string(curl_easy_strerror(code))
                                                        : absl::StrCat(curl_easy_strerror(code),
                                                                       ": ", error_text_.data())));
}

absl::Status CurlExchange::OnHeaderLine(std::string_view line) {
  const bool is_trailer = head_.complete();
  SW_RETURN_IF_ERROR(head_.AddLine(line));
  return !is_trailer && head_.complete() ? BeginBody() : absl::OkStatus();
}

absl::Status CurlExchange::BeginBody() {
  response_.status = head_.status();
  response_.headers = head_.TakeHeaders();
  if (request_.method == Method::kHead) return absl::OkStatus();
  const int64_t cap = response_.ok() ? request_.max_body_bytes
                                     : std::min(request_.max_body_bytes, kMaxErrorBodyBytes);
  std::string coding;
  std::string_view length_text;
  for (const auto& [name, value] : response_.headers) {
    if (absl::EqualsIgnoreCase(name, "Content-Encoding")) {
      absl::StrAppend(&coding, coding.empty() ? "" : ", ", value);
    } else if (absl::EqualsIgnoreCase(name, "Content-Length")) {
      // Where one reader takes the first and another the last, a response can be smuggled in.
      if (!length_text.empty() && length_text != value) {
        return absl::DataLossError(absl::StrCat("the response has two lengths: Content-Length ",
                                                length_text, " and ", value));
      }
      length_text = value;
    }
  }
  SW_ASSIGN_OR_RETURN(
      decoder_, ContentDecoder::Create(coding, {.max_bytes = cap,
                                                .max_ratio = options_.max_compression_ratio,
                                                .ratio_free_bytes = options_.ratio_free_bytes}));
  int64_t length = 0;
  if (!absl::SimpleAtoi(length_text, &length)) return absl::OkStatus();
  if (coding.empty() && length > cap) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the body of ", length, " bytes is larger than the cap of ", cap, " bytes"));
  }
  if (!response_.ok() || request_.sink == nullptr) {
    response_.body.reserve(static_cast<size_t>(std::clamp<int64_t>(length, 0, kMaxReservedBytes)));
  }
  return absl::OkStatus();
}

absl::Status CurlExchange::OnBodyData(std::string_view data) {
  if (!decoder_.has_value()) {
    return absl::DataLossError(absl::StrCat("the response has a body, which the status ",
                                            head_.status(), " and ", MethodName(request_.method),
                                            " do not allow"));
  }
  return decoder_->Write(data, [this](std::string_view decoded) {
    if (response_.ok() && request_.sink != nullptr) {
      return request_.sink->Write(decoded);
    }
    response_.body.append(decoded);
    return absl::OkStatus();
  });
}

absl::StatusOr<size_t> CurlExchange::OnReadBody(char* buffer, size_t size) {
  const int64_t left = request_.body_source->size() - sent_bytes_;
  if (left == 0) return 0;
  SW_ASSIGN_OR_RETURN(const size_t got, request_.body_source->Read(absl::MakeSpan(
                                            buffer, std::min(size, static_cast<size_t>(left)))));
  if (got == 0) {
    return absl::DataLossError(absl::StrCat("the request's body ended after ", sent_bytes_, " of ",
                                            request_.body_source->size(), " bytes"));
  }
  sent_bytes_ += static_cast<int64_t>(got);
  return got;
}

bool CurlExchange::IsRefused(bool is_private) {
  if (!plan_.refuse_private_address || !is_private) return false;
  Check(absl::PermissionDeniedError(
      absl::StrCat("refused, as the address of ", request_.url.host(), " is not public")));
  return true;
}

bool CurlExchange::Check(const absl::Status& status) {
  error_.Update(status);
  return error_.ok();
}

size_t CurlExchange::Header(char* data, size_t size, size_t count, void* self) {
  auto* exchange = static_cast<CurlExchange*>(self);
  const std::string_view line(data, size * count);
  return exchange->Check(exchange->OnHeaderLine(line)) ? line.size() : CURL_WRITEFUNC_ERROR;
}

size_t CurlExchange::Write(char* data, size_t size, size_t count, void* self) {
  auto* exchange = static_cast<CurlExchange*>(self);
  const std::string_view body(data, size * count);
  return exchange->Check(exchange->OnBodyData(body)) ? body.size() : CURL_WRITEFUNC_ERROR;
}

size_t CurlExchange::Read(char* buffer, size_t size, size_t count, void* self) {
  auto* exchange = static_cast<CurlExchange*>(self);
  const absl::StatusOr<size_t> got = exchange->OnReadBody(buffer, size * count);
  return exchange->Check(got.status()) ? *got : CURL_READFUNC_ABORT;
}

int CurlExchange::Seek(void* self, curl_off_t offset, int origin) {
  auto* exchange = static_cast<CurlExchange*>(self);
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
  exchange->sent_bytes_ = 0;
  return exchange->Check(exchange->request_.body_source->Rewind()) ? CURL_SEEKFUNC_OK
                                                                   : CURL_SEEKFUNC_FAIL;
}

curl_socket_t CurlExchange::OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* exchange = static_cast<CurlExchange*>(self);
  if (exchange->plan_.proxy.empty() && exchange->IsRefused(IsPrivateAddress(address->addr))) {
    return CURL_SOCKET_BAD;
  }
  // Not to be inherited by the scripts that the worker starts.
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Also before a request on a connection that is already open.
int CurlExchange::BeforeRequest(void* self, char* peer, char*, int, int) {
  return static_cast<CurlExchange*>(self)->IsRefused(IsPrivateAddressText(peer))
             ? CURL_PREREQFUNC_ABORT
             : CURL_PREREQFUNC_OK;
}

CURLcode CurlExchange::SetUpTls(CURL*, void* ssl_context, void* self) {
  auto* exchange = static_cast<CurlExchange*>(self);
  const absl::StatusOr<X509_STORE*> store = exchange->ca_store_.Get();
  if (!exchange->Check(store.status())) return CURLE_SSL_CACERT_BADFILE;
  X509_STORE_up_ref(*store);
  SSL_CTX_set_cert_store(static_cast<SSL_CTX*>(ssl_context), *store);
  return CURLE_OK;
}

}  // namespace scriptworker::http
