// SPDX-License-Identifier: MPL-2.0
//
// The one URL type of the project. Every rule, comparison, request and log line
// about a URL works on a `Url`, so that two places can never read one text in
// two ways.
//
// Url::Parse() accepts a text only if it is already canonical and unambiguous:
//   * scheme exactly `http` or `https`, in lower case;
//   * no user info, no fragment, no backslash, blank, control or non-ASCII byte;
//   * host: a lower-case DNS name without trailing dot, a canonical dotted quad,
//     or an IPv6 address in brackets; nothing that another parser would read as
//     a number (`127.1`, `0x7f000001`);
//   * port: 1-65535 without leading zero;
//   * every `%` starts an escape; no path segment is `.` or `..`, escaped or not.
// Accepted texts are kept and sent byte for byte (presigned URLs are signed
// over their exact bytes). Beyond RFC 3986, `|`, `^`, `[` and `]` are let
// through in path and query, as the queue's redirects to public artifacts hold
// them raw.

#ifndef SCRIPTWORKER_HTTP_URL_H_
#define SCRIPTWORKER_HTTP_URL_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scriptworker::http {

// A value. Thread-compatible. Has no stringification, as its text may hold a
// signature: choose between ToString() (to send) and Redacted() (to show).
class Url {
 public:
  // Longest text that Parse() accepts, in bytes.
  static constexpr size_t kMaxLength = 32768;

  // Names nothing; no transport accepts it. For members that are filled later.
  Url() = default;

  // kInvalidArgument, with the redacted text and what is wrong with it.
  static absl::StatusOr<Url> Parse(std::string_view text);

  // What a Location header of this URL's response names (RFC 3986 section 5.2;
  // a fragment is dropped). The result obeys the rules above.
  absl::StatusOr<Url> Resolve(std::string_view reference) const;

  // The same scheme and authority with another request target, which must begin
  // with a slash: `Parse(queue)->WithTarget("/api/queue/v1/ping")`.
  absl::StatusOr<Url> WithTarget(std::string_view target) const;

  bool empty() const { return text_.empty(); }
  std::string_view scheme() const { return part(0, scheme_size_); }
  bool is_https() const { return scheme_size_ == 5; }
  // In lower case. IPv6 addresses are in brackets.
  std::string_view host() const { return part(host_begin_, host_size_); }
  // The explicit port, else 80 or 443.
  int port() const { return port_; }
  // `host` or `host:port`, as given: the value of the Host header.
  std::string_view authority() const { return part(host_begin_, path_begin_ - host_begin_); }
  // `scheme://authority`, as given.
  std::string_view origin() const { return part(0, path_begin_); }
  // Still escaped. "/" if the text names no path.
  std::string_view path() const;
  // Still escaped, without the question mark; empty if there is none.
  std::string_view query() const;
  // What the request line holds: path, and query with its question mark.
  std::string_view target() const;

  // Whether scheme, host and port are the same.
  bool IsSameOrigin(const Url& other) const;

  // The text as parsed. May hold secrets (bewit, signature): not for logs.
  const std::string& ToString() const { return text_; }
  // For logs and error texts: RedactUrl(ToString()).
  std::string Redacted() const;

  friend bool operator==(const Url& a, const Url& b) { return a.text_ == b.text_; }
  friend bool operator!=(const Url& a, const Url& b) { return !(a == b); }
  friend void PrintTo(const Url& url, std::ostream* out);  // for tests
  template <typename H>
  friend H AbslHashValue(H h, const Url& url) {
    return H::combine(std::move(h), url.text_);
  }

 private:
  std::string_view part(size_t begin, size_t size) const {
    return std::string_view(text_).substr(begin, size);
  }

  std::string text_;
  size_t scheme_size_ = 0;
  size_t host_begin_ = 0;
  size_t host_size_ = 0;
  size_t path_begin_ = 0;   // where the authority ends
  size_t query_begin_ = 0;  // position of the question mark, or the text's size
  int port_ = 0;
};

// Cuts a URL (or any text) before its first secret parameter and appends
// `<snip>`, as the reference's get_loggable_url: `bewit=`, `AWSAccessKeyId=`,
// `access_token=`, `Credential=`; ours knows further signature parameters, and
// blanks out user info, since the text may be one that Parse() refused.
std::string RedactUrl(std::string_view text);

// Escapes all bytes but A-Z a-z 0-9 `_.-~`, as Python's quote(x, ""): how
// Taskcluster's clients write one route parameter.
std::string PercentEncode(std::string_view text);

// Undoes percent escapes once. kInvalidArgument if a `%` starts no escape.
absl::StatusOr<std::string> PercentDecode(std::string_view text);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_URL_H_
