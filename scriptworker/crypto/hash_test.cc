// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::crypto {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::HasSubstr;

struct Case {
  std::string bytes;
  std::string_view sha256, sha512;
};

// FIPS 180-4's examples.
const Case kCases[] = {
    {.bytes = "",
     .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     .sha512 = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
               "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {.bytes = "abc",
     .sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     .sha512 = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {.bytes = std::string(1'000'000, 'a'),
     .sha256 = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
     .sha512 = "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
               "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
};

TEST(HashTest, MatchesTheStandardsExamples) {
  for (const Case& c : kCases) {
    EXPECT_THAT(HexEncode(Sha256(c.bytes)), Eq(c.sha256));
    EXPECT_THAT(HexEncode(Sha512(c.bytes)), Eq(c.sha512));
  }
}

TEST(HasherTest, PiecesMakeTheSameDigestAsTheWhole) {
  for (const Case& c : kCases) {
    Hasher hasher(HashAlgorithm::kSha512);
    std::string_view rest = c.bytes;
    for (size_t size = 0; !rest.empty(); size = size * 2 + 1) {
      hasher.Update(rest.substr(0, size));
      rest.remove_prefix(std::min(size, rest.size()));
    }
    EXPECT_THAT(hasher.FinishHex(), Eq(c.sha512));
  }
}

TEST(HasherTest, StartsAnewAfterFinish) {
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.Update("something else");
  hasher.Finish();
  hasher.Update("abc");
  Hasher moved = std::move(hasher);
  EXPECT_THAT(moved.FinishHex(), Eq(kCases[1].sha256));
}

TEST(HashAlgorithmTest, NamesAreParsedExactly) {
  EXPECT_THAT(ParseHashAlgorithm("sha256"), IsOkAndHolds(HashAlgorithm::kSha256));
  EXPECT_THAT(ParseHashAlgorithm("sha512"), IsOkAndHolds(HashAlgorithm::kSha512));
  for (const std::string_view name : {"", "md5", "SHA256", "sha256 ", "sha1"}) {
    EXPECT_THAT(ParseHashAlgorithm(name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name)));
  }
  EXPECT_EQ(DigestSize(HashAlgorithm::kSha256), 32u);
  EXPECT_EQ(DigestSize(HashAlgorithm::kSha512), 64u);
}

TEST(HashFileHexTest, HashesFromTheStartWithoutMovingTheOffset) {
  const TempDir dir;
  const UniqueFd fd(::open(dir.Write("file", kCases[2].bytes).c_str(), O_RDONLY));
  ASSERT_EQ(::lseek(fd.get(), 17, SEEK_SET), 17);
  EXPECT_THAT(HashFileHex(HashAlgorithm::kSha256, fd.get(), "file"),
              IsOkAndHolds(Eq(kCases[2].sha256)));
  EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), 17);
}

TEST(HashFileHexTest, StopsWhenItIsCancelled) {
  const TempDir temp;
  const UniqueFd fd(::open(temp.Write("file", "abc").c_str(), O_RDONLY | O_CLOEXEC));
  CancellationSource source;
  source.Cancel(absl::CancelledError("enough"));
  EXPECT_EQ(HashFileHex(HashAlgorithm::kSha256, fd.get(), "file", source.token()).status(),
            absl::CancelledError("enough"));
}

TEST(HashFileHexTest, ErrorsNameTheFile) {
  EXPECT_THAT(HashFileHex(HashAlgorithm::kSha256, -1, "the file").status().message(),
              HasSubstr("the file"));
}

}  // namespace
}  // namespace scriptworker::crypto
