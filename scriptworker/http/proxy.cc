// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/proxy.h"

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/http/url.h"

namespace scriptworker::http {
namespace {

// An address and its width in bits; width 0: the text is no address.
struct Address {
  std::array<uint8_t, 16> bytes = {};
  int bits = 0;
};

Address ParseAddress(std::string_view text) {
  if (absl::ConsumePrefix(&text, "[")) absl::ConsumeSuffix(&text, "]");
  const std::string copy(text);
  Address address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  }
  return address;
}

bool ShareBits(const Address& a, const Address& b, int bits) {
  for (int i = 0; i < bits; ++i) {
    const auto byte = static_cast<size_t>(i / 8);
    if (((a.bytes[byte] ^ b.bytes[byte]) >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

bool IsInRange(std::string_view host, std::string_view range) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(range, absl::MaxSplits('/', 1));
  const Address base = ParseAddress(parts.first);
  const Address address = ParseAddress(host);
  int bits = 0;
  return base.bits != 0 && address.bits == base.bits && absl::SimpleAtoi(parts.second, &bits) &&
         bits >= 0 && bits <= base.bits && ShareBits(base, address, bits);
}

bool MatchesEntry(std::string_view host, int port, std::string_view entry) {
  if (entry == "*") return true;
  if (absl::StrContains(entry, '/')) return IsInRange(host, entry);
  const Address address = ParseAddress(host);
  if (const Address exempt = ParseAddress(entry); exempt.bits != 0) {
    return exempt.bits == address.bits && exempt.bytes == address.bytes;
  }
  const size_t colon = entry.rfind(':');
  if (colon != std::string_view::npos) {
    return entry.substr(colon + 1) == absl::StrCat(port) &&
           MatchesEntry(host, port, entry.substr(0, colon));
  }
  absl::ConsumePrefix(&entry, "*");
  absl::ConsumePrefix(&entry, ".");
  return !entry.empty() && address.bits == 0 &&
         (host == entry || absl::EndsWith(host, absl::StrCat(".", entry)));
}

// The first variable that is set, even if it is set to nothing.
std::string First(const Environment& environment, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (std::optional<std::string> value = environment.Get(name)) {
      return std::string(absl::StripAsciiWhitespace(*value));
    }
  }
  return "";
}

}  // namespace

ProxyRules::ProxyRules(const Environment& environment)
    : http_(First(environment, {"http_proxy", "all_proxy", "ALL_PROXY"})),
      https_(First(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})),
      exempt_(absl::StrSplit(absl::AsciiStrToLower(First(environment, {"no_proxy", "NO_PROXY"})),
                             absl::ByAnyChar(", \t"), absl::SkipEmpty())) {}

std::string_view ProxyRules::ProxyFor(const Url& url) const {
  const std::string& proxy = url.is_https() ? https_ : http_;
  if (proxy.empty() || IsExempt(url.host(), url.port())) return "";
  return proxy;
}

bool ProxyRules::IsHttpProxy(std::string_view proxy) {
  return !absl::StrContains(proxy, "://") || absl::StartsWithIgnoreCase(proxy, "http://") ||
         absl::StartsWithIgnoreCase(proxy, "https://");
}

bool ProxyRules::IsExempt(std::string_view host, int port) const {
  for (std::string_view entry : exempt_) {
    if (MatchesEntry(host, port, entry)) return true;
  }
  return false;
}

}  // namespace scriptworker::http
