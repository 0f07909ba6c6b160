// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_PRIVATE_ADDRESS_H_
#define SCRIPTWORKER_HTTP_PRIVATE_ADDRESS_H_

#include <string_view>

struct sockaddr;

namespace scriptworker::http {

// Whether the address is not one of a public unicast host: loopback, private,
// link-local, shared, multicast, reserved, unspecified; IPv6 forms that hold an
// IPv4 address go by that. Other address families count as not public.
bool IsPrivateAddress(const sockaddr& address);

// The same for a dotted quad, or an IPv6 address with or without brackets.
// Any other text is a name and gives false.
bool IsPrivateAddressText(std::string_view text);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_PRIVATE_ADDRESS_H_
