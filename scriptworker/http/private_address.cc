// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/private_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/strings/strip.h"

namespace scriptworker::http {
namespace {

using Bytes6 = std::array<uint8_t, 16>;

struct Range4 {
  uint32_t first;
  int prefix;
};

constexpr uint32_t Quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// The IANA special-purpose registry, and all that is no unicast.
constexpr Range4 kPrivate4[] = {
    {Quad(0, 0, 0, 0), 8},      {Quad(10, 0, 0, 0), 8},     {Quad(100, 64, 0, 0), 10},
    {Quad(127, 0, 0, 0), 8},    {Quad(169, 254, 0, 0), 16}, {Quad(172, 16, 0, 0), 12},
    {Quad(192, 0, 0, 0), 24},   {Quad(192, 0, 2, 0), 24},   {Quad(192, 88, 99, 0), 24},
    {Quad(192, 168, 0, 0), 16}, {Quad(198, 18, 0, 0), 15},  {Quad(198, 51, 100, 0), 24},
    {Quad(203, 0, 113, 0), 24}, {Quad(224, 0, 0, 0), 3},
};

bool IsPrivate4(uint32_t address) {
  return std::any_of(std::begin(kPrivate4), std::end(kPrivate4), [&](const Range4& range) {
    return (address ^ range.first) >> (32 - range.prefix) == 0;
  });
}

uint32_t Embedded4(const Bytes6& address, size_t at) {
  return Quad(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool IsPrivate6(const Bytes6& address) {
  const auto starts_with = [&](std::initializer_list<uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), address.begin());
  };
  // IPv4-mapped, and NAT64.
  if (starts_with({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}) ||
      starts_with({0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return IsPrivate4(Embedded4(address, 12));
  }
  if (starts_with({0x20, 0x02})) return IsPrivate4(Embedded4(address, 2));
  if (starts_with({0x20, 0x01, 0x0d, 0xb8})) return true;  // documentation
  // Teredo and the other protocol assignments of 2001::/23.
  if (starts_with({0x20, 0x01}) && address[2] < 2) return true;
  return (address[0] & 0xe0) != 0x20;  // 2000::/3 is all of global unicast
}

}  // namespace

bool IsPrivateAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in4;
    std::memcpy(&in4, &address, sizeof(in4));
    return IsPrivate4(ntohl(in4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in6;
    std::memcpy(&in6, &address, sizeof(in6));
    Bytes6 bytes;
    std::memcpy(bytes.data(), &in6.sin6_addr, bytes.size());
    return IsPrivate6(bytes);
  }
  return true;
}

bool IsPrivateAddressText(std::string_view text) {
  if (absl::ConsumePrefix(&text, "[")) absl::ConsumeSuffix(&text, "]");
  const std::string copy(text);
  in_addr in4;
  if (inet_pton(AF_INET, copy.c_str(), &in4) == 1) {
    return IsPrivate4(ntohl(in4.s_addr));
  }
  Bytes6 bytes;
  return inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1 && IsPrivate6(bytes);
}

}  // namespace scriptworker::http
