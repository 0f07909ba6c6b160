// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/object_store.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/crypto/hmac.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/http/http_date.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/testing/blob.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr char kDateFormat[] = "%E4Y%m%dT%H%M%SZ";

WireReply XmlError(int status, std::string_view code, std::string_view message) {
  WireReply reply;
  reply.status = status;
  reply.headers.Add("content-type", "application/xml");
  reply.body = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>", code,
                            "</Code><Message>", message, "</Message></Error>");
  return reply;
}

// Escapes each segment of a key.
std::string EscapeKey(std::string_view key) {
  std::string escaped;
  for (std::string_view segment : absl::StrSplit(key, '/')) {
    if (segment.data() != key.data()) escaped.push_back('/');
    escaped += http::PercentEncode(segment);
  }
  return escaped;
}

// "bytes=A-B" of an object of `size` bytes; nullopt: to be ignored.
std::optional<std::pair<int64_t, int64_t>> ParseRange(std::string_view range, int64_t size) {
  if (!absl::ConsumePrefix(&range, "bytes=")) return std::nullopt;
  const std::pair<std::string_view, std::string_view> ends =
      absl::StrSplit(range, absl::MaxSplits('-', 1));
  int64_t first = 0;
  int64_t last = size - 1;
  if (!absl::SimpleAtoi(ends.first, &first)) return std::nullopt;
  if (!ends.second.empty() && !absl::SimpleAtoi(ends.second, &last)) {
    return std::nullopt;
  }
  last = std::min(last, size - 1);
  if (first > last) return std::nullopt;
  return std::make_pair(first, last - first + 1);
}

}  // namespace

struct ObjectStore::Access {
  std::string bucket;
  std::string key;
  bool presigned = false;
  std::string date;
  std::string expires;
  std::string signature;
};

ObjectStore::ObjectStore(http::Url url, std::string secret)
    : url_(std::move(url)),
      prefix_(absl::StripSuffix(url_.path(), "/")),
      secret_(std::move(secret)) {}

bool ObjectStore::Owns(const WireRequest& request) const {
  return request.host == url_.host() && request.port == url_.port() &&
         absl::StartsWith(request.target, absl::StrCat(prefix_, "/")) &&
         !absl::StartsWith(request.target, absl::StrCat(prefix_, "/api/"));
}

std::string_view ObjectStore::EndpointOf(http::Method method) {
  switch (method) {
    case http::Method::kPut:
      return "putObject";
    case http::Method::kGet:
      return "getObject";
    case http::Method::kHead:
      return "headObject";
    case http::Method::kPost:
    case http::Method::kDelete:
      break;
  }
  return "";
}

WireReply ObjectStore::Serve(const WireRequest& request, absl::Time now) {
  const absl::StatusOr<Access> access = Parse(request);
  if (!access.ok()) {
    return XmlError(400, "InvalidURI", access.status().message());
  }
  if (EndpointOf(request.method).empty()) {
    return XmlError(405, "MethodNotAllowed",
                    "The specified method is not allowed against this "
                    "resource.");
  }
  std::optional<WireReply> refusal = Refusal(request, *access, now);
  if (refusal.has_value()) return *std::move(refusal);
  return request.method == http::Method::kPut ? ServePut(request, *access, now)
                                              : ServeGet(request, *access);
}

std::string ObjectStore::PresignedUrl(http::Method method, std::string_view bucket,
                                      std::string_view key, absl::Time now,
                                      absl::Duration lifetime) const {
  const std::string date = absl::FormatTime(kDateFormat, now, absl::UTCTimeZone());
  const std::string expires = absl::StrCat(absl::ToInt64Seconds(lifetime));
  return absl::StrCat(
      url_.origin(), prefix_, "/", bucket, "/", EscapeKey(key),
      "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"
      "&X-Amz-Credential=FAKE%2F",
      date.substr(0, 8), "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=", date,
      "&X-Amz-Expires=", expires,
      "&X-Amz-Signature=", Signature(method, bucket, key, date, expires),
      "&X-Amz-SignedHeaders=host&x-id=", method == http::Method::kPut ? "PutObject" : "GetObject");
}

std::string ObjectStore::PublicUrl(std::string_view key) const {
  std::string url = absl::StrCat(url_.origin(), prefix_, "/", kPublicBucket, "/");
  for (const char c : key) {
    // What Node's url.format() escapes in a path, and the two that would end it.
    if (absl::StrContains(" ?#{}|\\^`<>\"", c)) {
      absl::StrAppendFormat(&url, "%%%02X", static_cast<unsigned char>(c));
    } else {
      url.push_back(c);
    }
  }
  return url;
}

void ObjectStore::Put(std::string_view bucket, std::string_view key, StoredObject object) {
  absl::MutexLock lock(&mutex_);
  objects_[absl::StrCat(bucket, "/", key)] = std::move(object);
}

std::optional<StoredObject> ObjectStore::Get(std::string_view bucket, std::string_view key) const {
  absl::MutexLock lock(&mutex_);
  const auto found = objects_.find(absl::StrCat(bucket, "/", key));
  if (found == objects_.end()) return std::nullopt;
  return found->second;
}

void ObjectStore::set_strict(bool strict) {
  absl::MutexLock lock(&mutex_);
  strict_ = strict;
}

absl::StatusOr<ObjectStore::Access> ObjectStore::Parse(const WireRequest& request) const {
  Access access;
  const std::string_view path = request.path().substr(prefix_.size() + 1);
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(path, absl::MaxSplits('/', 1));
  access.bucket = std::string(parts.first);
  SW_ASSIGN_OR_RETURN(access.key, http::PercentDecode(parts.second));
  for (std::string_view parameter : absl::StrSplit(request.query(), '&', absl::SkipEmpty())) {
    const std::pair<std::string_view, std::string_view> pair =
        absl::StrSplit(parameter, absl::MaxSplits('=', 1));
    SW_ASSIGN_OR_RETURN(std::string value, http::PercentDecode(pair.second));
    if (pair.first == "X-Amz-Date") access.date = std::move(value);
    if (pair.first == "X-Amz-Expires") access.expires = std::move(value);
    if (pair.first == "X-Amz-Signature") {
      access.signature = std::move(value);
      access.presigned = true;
    }
  }
  return access;
}

std::optional<WireReply> ObjectStore::Refusal(const WireRequest& request, const Access& access,
                                              absl::Time now) const {
  if (request.headers.contains("Authorization")) {
    // A client that sends its Hawk header here gives its signature away.
    return XmlError(400, "InvalidArgument", "Unsupported Authorization Type");
  }
  if (!access.presigned) {
    if (access.bucket == kPublicBucket && request.method != http::Method::kPut) {
      return std::nullopt;
    }
    return XmlError(403, "AccessDenied", "Access Denied");
  }
  const std::string signature =
      Signature(request.method, access.bucket, access.key, access.date, access.expires);
  bool good = crypto::ConstantTimeEqual(access.signature, signature);
  absl::Time signed_at;
  int64_t lifetime = 0;
  std::string error;
  good = good && absl::ParseTime(kDateFormat, access.date, &signed_at, &error) &&
         absl::SimpleAtoi(access.expires, &lifetime);
  if (good) {
    absl::MutexLock lock(&mutex_);
    good = !strict_ || absl::EndsWith(PresignedUrl(request.method, access.bucket, access.key,
                                                   signed_at, absl::Seconds(lifetime)),
                                      request.target);
  }
  if (!good) {
    return XmlError(403, "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the "
                    "signature you provided.");
  }
  if (now > signed_at + absl::Seconds(lifetime)) {
    return XmlError(403, "AccessDenied", "Request has expired");
  }
  return std::nullopt;
}

WireReply ObjectStore::ServePut(const WireRequest& request, const Access& access, absl::Time now) {
  if (request.headers.contains("Transfer-Encoding")) {
    return XmlError(501, "NotImplemented",
                    "A header you provided implies functionality that is not "
                    "implemented");
  }
  BlobWriter writer;
  const auto append = [&writer](std::string_view bytes) { return writer.Append(bytes); };
  const absl::Status arrived =
      request.read_body == nullptr ? append(request.body) : request.read_body(append);
  if (!arrived.ok()) {
    return XmlError(400, "IncompleteBody",
                    "You did not provide the number of bytes specified by the "
                    "Content-Length HTTP header");
  }
  StoredObject object;
  object.blob = std::move(writer).Finish();
  object.content_type = request.headers.Find("Content-Type").value_or("binary/octet-stream");
  object.content_encoding = request.headers.Find("Content-Encoding").value_or("");
  object.stored = now;
  WireReply reply;
  reply.headers.Add("ETag", absl::StrCat("\"", object.blob->sha256_hex().substr(0, 32), "\""));
  reply.headers.Add("Content-Type", "text/plain; charset=utf-8");
  Put(access.bucket, access.key, std::move(object));
  return reply;
}

WireReply ObjectStore::ServeGet(const WireRequest& request, const Access& access) const {
  const std::optional<StoredObject> object = Get(access.bucket, access.key);
  if (!object.has_value()) {
    return XmlError(404, "NoSuchKey", "The specified key does not exist.");
  }
  WireReply reply;
  reply.headers.Add("Accept-Ranges", "bytes");
  if (!object->content_encoding.empty()) {
    reply.headers.Add("Content-Encoding", object->content_encoding);
  }
  reply.headers.Add("Content-Type", object->content_type);
  reply.headers.Add("Last-Modified", http::FormatHttpDate(object->stored));
  reply.headers.Add("ETag", absl::StrCat("\"", object->blob->sha256_hex().substr(0, 32), "\""));
  reply.blob = object->blob;
  reply.blob_length = object->blob->size();
  if (const auto range = request.headers.Find("Range"); range.has_value()) {
    const auto bytes = ParseRange(*range, object->blob->size());
    if (bytes.has_value()) {
      reply.status = 206;
      reply.blob_offset = bytes->first;
      reply.blob_length = bytes->second;
      reply.headers.Add("Content-Range",
                        absl::StrFormat("bytes %d-%d/%d", bytes->first,
                                        bytes->first + bytes->second - 1, object->blob->size()));
    }
  }
  return reply;
}

std::string ObjectStore::Signature(http::Method method, std::string_view bucket,
                                   std::string_view key, std::string_view date,
                                   std::string_view expires) const {
  const std::string_view verb = method == http::Method::kPut ? "PUT" : "GET";  // HEAD as GET
  return crypto::HexEncode(
      crypto::HmacSha256(secret_, absl::StrCat(verb, "\n", url_.authority(), "\n", bucket, "\n",
                                               key, "\n", date, "\n", expires)));
}

}  // namespace scriptworker::taskcluster::fake
