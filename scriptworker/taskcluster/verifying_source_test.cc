// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/verifying_source.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/body.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// Reads in pieces of three bytes; `got` has what came before an error.
absl::Status Drain(http::BodySource& source, std::string* got) {
  char buffer[3];
  for (;;) {
    const absl::StatusOr<size_t> n = source.Read(absl::MakeSpan(buffer));
    if (!n.ok()) return n.status();
    if (*n == 0) return absl::OkStatus();
    got->append(buffer, *n);
  }
}

std::string Digest(std::string_view text) { return crypto::HexEncode(crypto::Sha256(text)); }

TEST(VerifyingSourceTest, PassesOnWhatHasTheDigestAsOftenAsAsked) {
  http::StringSource inner("the whole body");
  VerifyingSource source(inner, Digest("the whole body"), "a");
  EXPECT_EQ(source.size(), 14);
  for (int i = 0; i < 2; ++i) {
    std::string got;
    EXPECT_THAT(Drain(source, &got), IsOk());
    EXPECT_EQ(got, "the whole body");
    EXPECT_THAT(source.Rewind(), IsOk());
  }
  EXPECT_FALSE(source.failed());
}

TEST(VerifyingSourceTest, StartsAnewAfterARewindInTheMiddle) {
  http::StringSource inner("the whole body");
  VerifyingSource source(inner, Digest("the whole body"), "a");
  char buffer[5];
  EXPECT_THAT(source.Read(absl::MakeSpan(buffer)), IsOkAndHolds(5u));
  EXPECT_THAT(source.Rewind(), IsOk());
  std::string got;
  EXPECT_THAT(Drain(source, &got), IsOk());
}

TEST(VerifyingSourceTest, KeepsTheLastBytesOfAnythingElse) {
  http::StringSource inner("another body!!");
  VerifyingSource source(inner, Digest("the whole body"), "a");
  std::string got;
  EXPECT_THAT(Drain(source, &got), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_LT(got.size(), 14u);
  EXPECT_TRUE(source.failed());
}

TEST(VerifyingSourceTest, ADigestOfTwiceTheLengthIsSha512) {
  http::StringSource inner("the whole body");
  std::string got;
  VerifyingSource same(inner, crypto::HexEncode(crypto::Sha512("the whole body")), "a");
  EXPECT_THAT(Drain(same, &got), IsOk());
  http::StringSource other_inner("another body!!");
  VerifyingSource other(other_inner, crypto::HexEncode(crypto::Sha512("the whole body")), "a");
  EXPECT_THAT(Drain(other, &got), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(VerifyingSourceTest, WithoutADigestAnythingGoes) {
  http::StringSource inner("another body");
  VerifyingSource source(inner, std::nullopt, "a");
  std::string got;
  EXPECT_THAT(Drain(source, &got), IsOk());
  EXPECT_EQ(got, "another body");
}

}  // namespace
}  // namespace scriptworker::taskcluster
