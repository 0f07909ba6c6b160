// SPDX-License-Identifier: MPL-2.0
//
// Every case of Wycheproof's Ed25519 verification vectors (in the folder that
// CORPORA_DIR names). Lies here and not in the crypto package because the
// vectors are JSON, a package of the same layer.

#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"

namespace scriptworker::crypto {
namespace {

constexpr std::string_view kFile = "ed25519/wycheproof_ed25519_test.json";

absl::StatusOr<std::string> HexField(const json::Reader& reader, std::string_view key) {
  SW_ASSIGN_OR_RETURN(const std::string hex, reader.String(key));
  return HexDecode(hex);
}

struct Tally {
  int cases = 0;
  int agreed = 0;
};

// A case agrees if "valid" verifies and "invalid" does not.
absl::Status RunCase(const absl::StatusOr<Ed25519PublicKey>& key, const json::Reader& test,
                     Tally& tally) {
  SW_ASSIGN_OR_RETURN(const std::string message, HexField(test, "msg"));
  SW_ASSIGN_OR_RETURN(const std::string signature, HexField(test, "sig"));
  SW_ASSIGN_OR_RETURN(const std::string result, test.String("result"));
  if (result != "valid" && result != "invalid") {
    return test.Expected("a result that is valid or invalid");
  }
  const absl::Status verified = key.ok() ? key->Verify(signature, message) : key.status();
  const bool agrees = verified.ok() == (result == "valid");
  EXPECT_TRUE(agrees) << test.path() << " is " << result << ", but verifying says: " << verified;
  ++tally.cases;
  tally.agreed += agrees ? 1 : 0;
  return absl::OkStatus();
}

absl::Status RunFile(const json::Reader& file, Tally& tally) {
  SW_ASSIGN_OR_RETURN(const json::Reader group_list, file.Field("testGroups"));
  SW_ASSIGN_OR_RETURN(const auto groups, group_list.Elements());
  for (const json::Reader& group : groups) {
    SW_ASSIGN_OR_RETURN(const json::Reader public_key, group.Field("publicKey"));
    SW_ASSIGN_OR_RETURN(const std::string key, HexField(public_key, "pk"));
    SW_ASSIGN_OR_RETURN(const json::Reader test_list, group.Field("tests"));
    SW_ASSIGN_OR_RETURN(const auto tests, test_list.Elements());
    for (const json::Reader& test : tests) {
      SW_RETURN_IF_ERROR(RunCase(Ed25519PublicKey::FromRaw(key), test, tally));
    }
  }
  return absl::OkStatus();
}

TEST(WycheproofTest, AllCasesAgree) {
  const std::optional<std::string> corpora = CorporaDir();
  if (!corpora.has_value()) {
    GTEST_SKIP() << "SKIPPED wycheproof: CORPORA_DIR is not set";
  }
  const auto text = ReadFile(absl::StrCat(*corpora, "/", kFile));
  ASSERT_TRUE(text.ok()) << text.status();
  const auto document = json::Parse(*text);
  ASSERT_TRUE(document.ok()) << document.status();
  Tally tally;
  const absl::Status run = RunFile(json::Reader(*document, kFile), tally);
  std::cout << "wycheproof " << tally.agreed << "/" << tally.cases << "\n";
  EXPECT_TRUE(run.ok()) << run;
  const auto declared = json::Reader(*document, kFile).Int("numberOfTests");
  ASSERT_TRUE(declared.ok()) << declared.status();
  EXPECT_EQ(tally.cases, *declared);
}

}  // namespace
}  // namespace scriptworker::crypto
