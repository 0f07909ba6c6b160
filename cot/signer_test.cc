// SPDX-License-Identifier: MPL-2.0
#include "cot/signer.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/ed25519.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::TempDir;
using ::scriptworker::crypto::Ed25519PrivateKey;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(KeyFileSignerTest, SignsWithTheKeyInTheFile) {
  const TempDir dir;
  const Ed25519PrivateKey key = Ed25519PrivateKey::Generate();
  KeyFileSigner signer(dir.Write("key", std::string(key.SeedToBase64().reveal()) + "\n"));
  const absl::StatusOr<std::string> signature = signer.Sign("message");
  ASSERT_THAT(signature, absl_testing::IsOkAndHolds(SizeIs(64)));
  EXPECT_THAT(key.public_key().Verify(*signature, "message"), IsOk());
}

struct BadKeyCase {
  std::string_view name;
  std::string_view text;
};

constexpr BadKeyCase kBadKeyCases[] = {
    {.name = "Empty", .text = ""},
    {.name = "NoBase64", .text = "bad_base64_string"},
    {.name = "TooShort", .text = "c2VjcmV0LXNlZWQ="},
    {.name = "APublicAndAPrivateKey",
     .text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/"
             "884QvgVh3Q3RjnS8CZZ+TWMJulDV8d3IZkElUxuA=="},
};

TEST(KeyFileSignerTest, ABadKeyIsNamedByItsFileAndNotQuoted) {
  for (const BadKeyCase& c : kBadKeyCases) {
    const TempDir dir;
    const std::string path = dir.Write("key", c.text);
    KeyFileSigner signer(path);
    EXPECT_THAT(signer.Sign("message"),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path)))
        << c.name;
    if (!c.text.empty()) {
      EXPECT_THAT(signer.Sign("message").status().message(), Not(HasSubstr(c.text))) << c.name;
    }
  }
}

TEST(KeyFileSignerTest, AMissingKeyIsTheSameKindOfError) {
  const TempDir dir;
  KeyFileSigner signer(dir.Path("absent"));
  EXPECT_THAT(signer.Sign("message"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                               AllOf(HasSubstr("the signing key cannot be used"),
                                                     HasSubstr(dir.Path("absent")))));
}

}  // namespace
}  // namespace cot
