// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/hex.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::crypto {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;

TEST(HexTest, EncodesInLowerCase) {
  EXPECT_THAT(HexEncode(std::string_view("\0\xab\xff", 3)), Eq("00abff"));
  EXPECT_THAT(HexEncode(""), Eq(""));
}

TEST(HexTest, DecodesBothCases) {
  EXPECT_THAT(HexDecode("00aBfF"), IsOkAndHolds(std::string("\0\xab\xff", 3)));
  EXPECT_THAT(HexDecode(""), IsOkAndHolds(Eq("")));
}

TEST(HexTest, RefusesWhatIsNoHex) {
  for (const std::string_view text : {"0", "0g", "zz", " 00", "0x00", "00\n"}) {
    EXPECT_THAT(HexDecode(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(HexTest, ADigestHasItsLengthAndLowerCase) {
  EXPECT_TRUE(IsLowerHexDigest("00abff", 3));
  EXPECT_TRUE(IsLowerHexDigest("", 0));
  for (const std::string_view text : {"00abf", "00abff0", "00ABFF", "00abfg", "00abf ", ""}) {
    EXPECT_FALSE(IsLowerHexDigest(text, 3)) << text;
  }
}

}  // namespace
}  // namespace scriptworker::crypto
