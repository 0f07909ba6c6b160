// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/status_macros.h"

namespace scriptworker::http {
namespace {

constexpr size_t kMaxHostLength = 253;
constexpr size_t kMaxLabelLength = 63;

// Parameters from which on a URL is secret, in lower case. The first four are
// the reference's; they count wherever they stand in the text, as there.
constexpr std::array<std::string_view, 11> kSecretParameters = {
    "bewit=", "awsaccesskeyid=", "access_token=",   "credential=", "signature=", "security-token=",
    "?sig=",  "&sig=",           "googleaccessid=", "?token=",     "&token="};

bool IsTargetCharacter(char c) {
  return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
         std::string_view("\"#<>\\`{}").find(c) == std::string_view::npos;
}

bool IsEscape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' &&
         absl::ascii_isxdigit(static_cast<unsigned char>(text[1])) &&
         absl::ascii_isxdigit(static_cast<unsigned char>(text[2]));
}

// REQUIRES: a hexadecimal digit.
int HexDigitValue(char c) {
  if (absl::ascii_isdigit(static_cast<unsigned char>(c))) return c - '0';
  return absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
}

// How a forbidden byte is shown in an error.
std::string ShowByte(char c) {
  return absl::StrCat("'", absl::CHexEscape(std::string_view(&c, 1)), "'");
}

absl::Status CheckLabel(std::string_view label) {
  if (label.empty()) return absl::InvalidArgumentError("an empty host label");
  if (label.size() > kMaxLabelLength) {
    return absl::InvalidArgumentError("a host label of more than 63 bytes");
  }
  for (char c : label) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError("a host that is not in lower case");
    }
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') {
      return absl::InvalidArgumentError(absl::StrCat(ShowByte(c), " in the host"));
    }
  }
  if (label.front() == '-' || label.back() == '-') {
    return absl::InvalidArgumentError("a host label that begins or ends with a hyphen");
  }
  return absl::OkStatus();
}

// Whether some parser would take a host that ends in this label for a number.
bool LooksNumeric(std::string_view label) {
  const bool hexadecimal = absl::ConsumePrefix(&label, "0x");
  return std::all_of(label.begin(), label.end(), [&](unsigned char c) {
    return hexadecimal ? absl::ascii_isxdigit(c) : absl::ascii_isdigit(c);
  });
}

absl::Status CheckHost(std::string_view host) {
  if (host.empty()) return absl::InvalidArgumentError("no host");
  if (host.size() > kMaxHostLength) {
    return absl::InvalidArgumentError("a host of more than 253 bytes");
  }
  std::array<unsigned char, 16> address;
  if (host.front() == '[') {
    const std::string inner(host.substr(1, host.size() - 2));
    if (host.back() != ']' || inner.find_first_not_of("0123456789abcdef:.") != std::string::npos ||
        inet_pton(AF_INET6, inner.c_str(), address.data()) != 1) {
      return absl::InvalidArgumentError("brackets without a lower-case IPv6 address");
    }
    return absl::OkStatus();
  }
  const std::vector<std::string_view> labels = absl::StrSplit(host, '.');
  for (std::string_view label : labels) SW_RETURN_IF_ERROR(CheckLabel(label));
  if (LooksNumeric(labels.back())) {
    // inet_pton takes the canonical form only.
    if (inet_pton(AF_INET, std::string(host).c_str(), address.data()) != 1) {
      return absl::InvalidArgumentError("a numeric host that is no dotted quad");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> ParsePort(std::string_view text) {
  int port = 0;
  if (text.empty() || text.size() > 5 || text.front() == '0' ||
      !std::all_of(text.begin(), text.end(),
                   [](unsigned char c) { return absl::ascii_isdigit(c); }) ||
      !absl::SimpleAtoi(text, &port) || port > 65535) {
    return absl::InvalidArgumentError("a port that is not 1 to 65535");
  }
  return port;
}

// `.`, `..` and their escaped spellings.
bool IsDotSegment(std::string_view segment) {
  if (segment.size() > 6) return false;
  const std::string plain = absl::StrReplaceAll(segment, {{"%2e", "."}, {"%2E", "."}});
  return plain == "." || plain == "..";
}

absl::Status CheckTarget(std::string_view target) {
  for (size_t i = 0; i < target.size(); ++i) {
    if (!IsTargetCharacter(target[i])) {
      return absl::InvalidArgumentError(
          target[i] == '#' ? std::string("a fragment")
                           : absl::StrCat(ShowByte(target[i]), " in path or query"));
    }
    if (target[i] == '%' && !IsEscape(target.substr(i))) {
      return absl::InvalidArgumentError("a '%' that starts no escape");
    }
  }
  const std::string_view path = target.substr(0, target.find('?'));
  for (std::string_view segment : absl::StrSplit(path, '/')) {
    if (IsDotSegment(segment)) {
      return absl::InvalidArgumentError("a path segment '.' or '..'");
    }
  }
  return absl::OkStatus();
}

// RFC 3986 section 5.2.4, of an absolute path.
std::string RemoveDotSegments(std::string_view path) {
  std::vector<std::string_view> kept;
  std::vector<std::string_view> segments = absl::StrSplit(path.substr(1), '/');
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == "..") {
      if (segments[i] == ".." && !kept.empty()) kept.pop_back();
      if (last) kept.push_back("");
    } else {
      kept.push_back(segments[i]);
    }
  }
  return absl::StrCat("/", absl::StrJoin(kept, "/"));
}

bool HasScheme(std::string_view reference) {
  const size_t end = reference.find_first_of(":/?#");
  return end != std::string_view::npos && end > 0 && reference[end] == ':';
}

absl::Status WithUrl(const absl::Status& problem, std::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "URL \"", absl::CHexEscape(RedactUrl(text.substr(0, 512))), "\": ", problem.message()));
}

}  // namespace

absl::StatusOr<Url> Url::Parse(std::string_view text) {
  Url url;
  if (text.size() > kMaxLength) {
    return WithUrl(absl::InvalidArgumentError("longer than 32768 bytes"), text);
  }
  url.scheme_size_ = absl::StartsWith(text, "https://")  ? 5
                     : absl::StartsWith(text, "http://") ? 4
                                                         : 0;
  if (url.scheme_size_ == 0) {
    return WithUrl(absl::InvalidArgumentError("expected to begin with https:// or http://"), text);
  }
  url.host_begin_ = url.scheme_size_ + 3;
  url.path_begin_ = std::min(text.find_first_of("/?#", url.host_begin_), text.size());
  const std::string_view authority =
      text.substr(url.host_begin_, url.path_begin_ - url.host_begin_);
  if (authority.find('@') != std::string_view::npos) {
    return WithUrl(absl::InvalidArgumentError("user info"), text);
  }
  const size_t bracket = authority.empty() || authority.front() != '[' ? 0 : authority.find(']');
  const size_t colon =
      bracket == std::string_view::npos ? std::string_view::npos : authority.find(':', bracket);
  url.host_size_ = std::min(colon, authority.size());
  url.port_ = url.is_https() ? 443 : 80;
  if (absl::Status host = CheckHost(authority.substr(0, url.host_size_)); !host.ok()) {
    return WithUrl(host, text);
  }
  if (colon != std::string_view::npos) {
    absl::StatusOr<int> port = ParsePort(authority.substr(colon + 1));
    if (!port.ok()) return WithUrl(port.status(), text);
    url.port_ = *port;
  }
  const std::string_view target = text.substr(url.path_begin_);
  if (!target.empty() && target.front() == '?') {
    return WithUrl(absl::InvalidArgumentError("a query without a path"), text);
  }
  if (absl::Status checked = CheckTarget(target); !checked.ok()) {
    return WithUrl(checked, text);
  }
  url.query_begin_ = std::min(text.find('?', url.path_begin_), text.size());
  url.text_ = std::string(text);
  return url;
}

absl::StatusOr<Url> Url::Resolve(std::string_view reference) const {
  if (empty()) return absl::InvalidArgumentError("the base URL is empty");
  reference = reference.substr(0, reference.find('#'));
  if (HasScheme(reference)) return Parse(reference);
  if (absl::StartsWith(reference, "//")) {
    return Parse(absl::StrCat(scheme(), ":", reference));
  }
  if (reference.empty()) return *this;
  if (reference.front() == '?') {
    return Parse(absl::StrCat(origin(), path(), reference));
  }
  const size_t query = std::min(reference.find('?'), reference.size());
  std::string merged(reference.substr(0, query));
  if (merged.front() != '/') {
    const std::string_view base = path();
    merged = absl::StrCat(base.substr(0, base.rfind('/') + 1), merged);
  }
  return Parse(absl::StrCat(origin(), RemoveDotSegments(merged), reference.substr(query)));
}

absl::StatusOr<Url> Url::WithTarget(std::string_view target) const {
  if (empty() || !absl::StartsWith(target, "/")) {
    return absl::InvalidArgumentError(
        absl::StrCat("request target \"", absl::CHexEscape(RedactUrl(target.substr(0, 512))),
                     "\": expected a leading slash, and a URL to put it on"));
  }
  return Parse(absl::StrCat(origin(), target));
}

std::string_view Url::path() const {
  if (query_begin_ == path_begin_) return empty() ? "" : "/";
  return part(path_begin_, query_begin_ - path_begin_);
}

std::string_view Url::query() const {
  if (query_begin_ >= text_.size()) return "";
  return part(query_begin_ + 1, std::string_view::npos);
}

std::string_view Url::target() const {
  if (path_begin_ == text_.size()) return empty() ? "" : "/";
  return part(path_begin_, std::string_view::npos);
}

bool Url::IsSameOrigin(const Url& other) const {
  return scheme() == other.scheme() && host() == other.host() && port_ == other.port_;
}

std::string Url::Redacted() const { return RedactUrl(text_); }

void PrintTo(const Url& url, std::ostream* out) { *out << url.Redacted(); }

std::string RedactUrl(std::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  size_t cut = std::string::npos;
  for (std::string_view parameter : kSecretParameters) {
    size_t found = lower.find(parameter);
    if (found == std::string::npos) continue;
    // A separator is not part of what is cut.
    if (!absl::ascii_isalnum(static_cast<unsigned char>(parameter.front()))) {
      ++found;
    }
    cut = std::min(cut, found);
  }
  std::string shown(text.substr(0, cut));
  if (cut != std::string::npos) shown += "<snip>";
  // User info: between the scheme and the last '@' of the authority.
  const size_t scheme = shown.find("://");
  if (scheme != std::string::npos) {
    const size_t begin = scheme + 3;
    const size_t end = shown.find_first_of("/?#", begin);
    const size_t at = std::string_view(shown).substr(0, end).rfind('@');
    if (at != std::string_view::npos && at >= begin) {
      shown.replace(begin, at - begin, "<snip>");
    }
  }
  return shown;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '_' || c == '.' || c == '-' || c == '~') {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 15];
    }
  }
  return encoded;
}

absl::StatusOr<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (!IsEscape(text.substr(i))) {
      return absl::InvalidArgumentError(absl::StrCat("a '%' at byte ", i, " starts no escape"));
    }
    decoded += static_cast<char>(HexDigitValue(text[i + 1]) * 16 + HexDigitValue(text[i + 2]));
    i += 2;
  }
  return decoded;
}

}  // namespace scriptworker::http
