// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/verify_ed25519_signature_program.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/testing/program_fixture.h"

namespace scriptworker {
namespace {

using ::scriptworker::crypto::Ed25519PrivateKey;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerifyEd25519SignatureProgramTest : public ProgramFixture {
 protected:
  VerifyEd25519SignatureProgramTest() : ProgramFixture(VerifyEd25519SignatureProgram) {
    temp_.Write("message", "message");
    temp_.Write("signature", key_.Sign("message"));
    temp_.Write("key", key_.public_key().ToBase64());
  }

  const Ed25519PrivateKey key_ = Ed25519PrivateKey::Generate();
};

TEST_F(VerifyEd25519SignatureProgramTest, SaysWhoseKeyItIsGoodWith) {
  for (const std::string& pubkey : {std::string("key"), key_.public_key().ToBase64()}) {
    EXPECT_EQ(Run({"--pubkey", pubkey, "message", "signature"}), 0) << err_.str();
    EXPECT_EQ(err_.str(), absl::StrCat("INFO:scriptworker:Verified good with cmdln seed ",
                                       key_.public_key().ToBase64(), " !\n"));
  }
}

TEST_F(VerifyEd25519SignatureProgramTest, ASignatureOfNeitherTheKeyNorThePolicysIsNone) {
  constexpr char kNone[] = "This is not a valid signature!\n";
  EXPECT_EQ(Run({"message", "signature"}), 1) << "the policy does not have the key";
  EXPECT_EQ(err_.str(), kNone);
  EXPECT_EQ(Run({"--pubkey", "key", "signature", "signature"}), 1) << "of another message";
  EXPECT_EQ(err_.str(), kNone);
  EXPECT_EQ(Run({"--pubkey", "key", "message", "message"}), 1) << "no signature at all";
  EXPECT_EQ(err_.str(), kNone);
}

TEST_F(VerifyEd25519SignatureProgramTest, WhatCannotBeReadIsNamed) {
  EXPECT_EQ(Run({"missing", "signature"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr(temp_.Path("missing")));
  EXPECT_EQ(Run({"message", "missing"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr(temp_.Path("missing")));
  EXPECT_EQ(Run({"--pubkey", "missing", "message", "signature"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr(temp_.Path("missing")));
  EXPECT_EQ(Run({"--pubkey", "message", "message", "signature"}), 1) << "a file without a key";
  EXPECT_THAT(err_.str(), HasSubstr(temp_.Path("message")));
}

TEST_F(VerifyEd25519SignatureProgramTest, HelpIsPrintedAndWrongUsageSaid) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Exit status:"));
  EXPECT_THAT(err_.str(), IsEmpty());
  EXPECT_EQ(Run({"message"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("SIGNATURE"));
}

}  // namespace
}  // namespace scriptworker
