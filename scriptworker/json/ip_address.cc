// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

namespace scriptworker::json {
namespace {

// inet_pton takes strictly the forms that are wanted here.
bool Parses(int family, std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  return text.find('\0') == std::string_view::npos &&
         inet_pton(family, std::string(text).c_str(), address) == 1;
}

}  // namespace

bool IsIpv4Address(std::string_view text) { return Parses(AF_INET, text); }

bool IsIpv6Address(std::string_view text) { return Parses(AF_INET6, text); }

}  // namespace scriptworker::json
