// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/hmac.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::crypto {
namespace {

using ::testing::Eq;

TEST(HmacSha256Test, MatchesRfc4231) {
  struct Case {
    std::string key, data;
    std::string_view mac;
  };
  const Case cases[] = {
      {.key = std::string(20, '\x0b'),
       .data = "Hi There",
       .mac = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {.key = "Jefe",
       .data = "what do ya want for nothing?",
       .mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {.key = std::string(20, '\xaa'),
       .data = std::string(50, '\xdd'),
       .mac = "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {.key = std::string(131, '\xaa'),
       .data = "Test Using Larger Than Block-Size Key - Hash Key First",
       .mac = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(HexEncode(HmacSha256(c.key, c.data)), Eq(c.mac));
  }
}

TEST(HmacSha256Test, KeyAndDataMayBeEmpty) {
  EXPECT_THAT(HexEncode(HmacSha256("", "")),
              Eq("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

TEST(ConstantTimeEqualTest, ComparesLengthAndBytes) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("mac", "mac"));
  EXPECT_FALSE(ConstantTimeEqual("mac", "maC"));
  EXPECT_FALSE(ConstantTimeEqual("mac", "Mac"));
  EXPECT_FALSE(ConstantTimeEqual("mac", "mac1"));
  EXPECT_FALSE(ConstantTimeEqual("mac", ""));
}

}  // namespace
}  // namespace scriptworker::crypto
