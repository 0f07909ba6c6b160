// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/private_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string_view>

#include "gtest/gtest.h"

namespace scriptworker::http {
namespace {

TEST(PrivateAddressTest, SpecialPurposeAddressesArePrivate) {
  for (std::string_view text : {"0.0.0.0",
                                "0.1.2.3",
                                "10.0.0.1",
                                "10.255.255.255",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.255",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.168.1.1",
                                "198.18.0.1",
                                "198.19.255.255",
                                "224.0.0.1",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "[::1]",
                                "::ffff:127.0.0.1",
                                "::ffff:10.1.2.3",
                                "64:ff9b::7f00:1",
                                "fc00::1",
                                "fd12:3456::1",
                                "fe80::1",
                                "ff02::1",
                                "2001:db8::1",
                                "2001::1",
                                "2002:7f00:1::1",
                                "100::1"}) {
    EXPECT_TRUE(IsPrivateAddressText(text)) << text;
  }
}

TEST(PrivateAddressTest, PublicAddressesAreNot) {
  for (std::string_view text :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "[2a00:1450::1]",
        "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_FALSE(IsPrivateAddressText(text)) << text;
  }
}

TEST(PrivateAddressTest, NamesAreNoAddresses) {
  for (std::string_view text : {"", "localhost", "10.example", "127.1"}) {
    EXPECT_FALSE(IsPrivateAddressText(text)) << text;
  }
}

TEST(PrivateAddressTest, TakesSocketAddresses) {
  sockaddr_in in4 = {};
  in4.sin_family = AF_INET;
  inet_pton(AF_INET, "10.0.0.1", &in4.sin_addr);
  EXPECT_TRUE(IsPrivateAddress(reinterpret_cast<const sockaddr&>(in4)));
  inet_pton(AF_INET, "8.8.8.8", &in4.sin_addr);
  EXPECT_FALSE(IsPrivateAddress(reinterpret_cast<const sockaddr&>(in4)));
  sockaddr_in6 in6 = {};
  in6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "fe80::1", &in6.sin6_addr);
  EXPECT_TRUE(IsPrivateAddress(reinterpret_cast<const sockaddr&>(in6)));
  inet_pton(AF_INET6, "2606:4700::1111", &in6.sin6_addr);
  EXPECT_FALSE(IsPrivateAddress(reinterpret_cast<const sockaddr&>(in6)));
  sockaddr other = {};
  other.sa_family = AF_UNIX;
  EXPECT_TRUE(IsPrivateAddress(other));
}

}  // namespace
}  // namespace scriptworker::http
