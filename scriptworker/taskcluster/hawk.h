// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_HAWK_H_
#define SCRIPTWORKER_TASKCLUSTER_HAWK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/random/bit_gen_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/credentials.h"

// Hawk, the signature of Taskcluster's requests: a MAC over time, nonce,
// method, target, host, port, payload hash and `ext` (which carries the
// certificate of temporary credentials), keyed with the access token.
//
// Both sides are here: HawkHeader() signs; ParseHawkHeader() and
// VerifyHawkHeader() check, for the local Taskcluster and tests.
// All functions are pure and thread-safe.
//
// Protocol: https://github.com/mozilla/hawk/blob/main/API.md, and how
// Taskcluster's clients use it.
namespace scriptworker::taskcluster {

// What differs between two signatures of the same request.
struct HawkStamp {
  int64_t ts = 0;     // seconds since the epoch
  std::string nonce;  // 6 URL-safe characters
};

std::string RandomHawkNonce(absl::BitGenRef bitgen);

// The part of a request that the MAC covers. `target` is path?query exactly as
// sent, `host` without port.
struct HawkRequest {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  int port = 0;
};

HawkRequest MakeHawkRequest(http::Method method, const http::Url& url);

// The `ext` field: URL-safe base64, padded, of {"certificate", ...} or {}.
std::string HawkExt(const Credentials& credentials);

// base64(SHA-256) over `content_type` (its parameters are dropped, and it is
// taken as empty where `body` is) and `body`.
std::string HawkPayloadHash(std::string_view content_type, std::string_view body);

// The value of an Authorization header: always with a payload hash, fields in
// the order mac, hash, id, ts, nonce, ext. `url` stands byte for byte in the
// MAC, so it must be sent as it is.
std::string HawkHeader(http::Method method, const http::Url& url, std::string_view content_type,
                       std::string_view body, const Credentials& credentials,
                       const HawkStamp& stamp);

struct HawkFields {
  std::string id;
  int64_t ts = 0;
  std::string nonce;
  std::string mac;
  std::string hash;  // empty: none was sent
  std::string ext;   // empty: none was sent
};

// Takes an Authorization header's value apart. InvalidArgument for another
// scheme, an unknown, repeated or missing field (id, ts, nonce and mac are
// needed), a character that Hawk forbids, or more than 8 KiB.
absl::StatusOr<HawkFields> ParseHawkHeader(std::string_view value);

// The MAC that `fields` must have (its `mac` is not read).
std::string HawkMac(const HawkFields& fields, const HawkRequest& request,
                    const SecretString& access_token);

// Unauthenticated if the MAC, or a payload hash that was sent, is not that of
// the request. Compares in constant time. The age of `ts`, certificates and
// scopes are up to the caller.
absl::Status VerifyHawkHeader(const HawkFields& fields, const HawkRequest& request,
                              std::string_view content_type, std::string_view body,
                              const SecretString& access_token);

// Reads the `ext` field of a header or bewit: a JSON object; {} for "".
absl::StatusOr<json::Value> ParseHawkExt(std::string_view ext);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_HAWK_H_
