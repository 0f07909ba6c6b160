// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_IP_ADDRESS_H_
#define SCRIPTWORKER_JSON_IP_ADDRESS_H_

#include <string_view>

namespace scriptworker::json {

// "127.0.0.1": four decimal numbers without leading zeros.
bool IsIpv4Address(std::string_view text);

// "::1", "2001:db8::192.0.2.1" (RFC 4291, section 2.2); no zone.
bool IsIpv6Address(std::string_view text);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_IP_ADDRESS_H_
