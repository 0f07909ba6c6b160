// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/etag_transport.h"

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::vcs {
namespace {

constexpr size_t kMaxBodyBytes = size_t{1} << 20;

bool IsPlainGet(const http::Request& request) {
  return request.method == http::Method::kGet && request.sink == nullptr && request.body.empty() &&
         request.body_source == nullptr && !request.headers.contains("If-None-Match");
}

// A token has no business in a table that outlives the request.
std::string KeyOf(const http::Request& request) {
  return absl::StrCat(
      request.redirects == http::Request::Redirects::kFollow ? "follow " : "return ",
      request.url.ToString(), " ", request.headers.Find("Accept").value_or(""), " ",
      crypto::HexEncode(crypto::Sha256(request.headers.Find("Authorization").value_or(""))));
}

size_t BytesOf(const std::string& key, const http::Response& response) {
  size_t bytes = 2 * key.size() + response.body.size() + response.final_url.ToString().size();
  for (const auto& [name, value] : response.headers) bytes += name.size() + value.size();
  for (const http::Url& url : response.redirects) bytes += url.ToString().size();
  return bytes;
}

}  // namespace

EtagTransport::EtagTransport(http::Transport& transport, size_t max_bytes)
    : transport_(transport), max_bytes_(max_bytes) {}

absl::StatusOr<http::Response> EtagTransport::Send(const http::Request& request) {
  if (!IsPlainGet(request)) return transport_.Send(request);
  const std::string key = KeyOf(request);
  const bool is_fresh = request.headers.Find("Cache-Control") == "no-cache";
  if (is_fresh) Forget(key);
  const SharedResponse known = is_fresh ? nullptr : Find(key);
  http::Request conditional = request;
  if (known != nullptr) {
    conditional.headers.Set("If-None-Match", known->headers.Find("ETag").value_or(""));
  }
  SW_ASSIGN_OR_RETURN(http::Response response, transport_.Send(conditional));
  if (known != nullptr && response.status == 304) {
    if (response.final_url == known->final_url) return *known;
    // The request leads elsewhere now, to something that is not known.
    Forget(key);
    SW_ASSIGN_OR_RETURN(response, transport_.Send(request));
  }
  if (response.status == 200 && response.headers.contains("ETag") &&
      response.body.size() <= kMaxBodyBytes) {
    Keep(key, std::make_shared<const http::Response>(response));
  }
  return response;
}

EtagTransport::SharedResponse EtagTransport::Find(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->response;
}

void EtagTransport::Forget(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) Erase(found->second);
}

void EtagTransport::Keep(const std::string& key, SharedResponse response) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) Erase(found->second);
  const size_t bytes = BytesOf(key, *response);
  entries_.push_front({.key = key, .response = std::move(response), .bytes = bytes});
  by_key_[key] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > max_bytes_) Erase(std::prev(entries_.end()));
}

void EtagTransport::Erase(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace scriptworker::vcs
