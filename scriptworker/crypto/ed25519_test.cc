// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/ed25519.h"

#include <concepts>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/has_absl_stringify.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/crypto/base64.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::crypto {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<Ed25519PrivateKey>);
static_assert(!absl::HasAbslStringify<Ed25519PrivateKey>::value);
static_assert(!std::copyable<Ed25519PrivateKey>);
static_assert(!std::is_copy_constructible_v<Ed25519PrivateKey>);

std::string Hex(std::string_view text) { return HexDecode(text).value(); }

Ed25519PrivateKey PrivateKey(std::string_view seed_hex) {
  return Ed25519PrivateKey::FromSeed(SecretString(Hex(seed_hex))).value();
}

// RFC 8032, 7.1.
struct Rfc8032Case {
  std::string_view name, seed, public_key, message, signature;
};
constexpr Rfc8032Case kRfc8032Cases[] = {
    {.name = "TEST 1",
     .seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     .public_key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     .message = "",
     .signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {.name = "TEST 2",
     .seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     .public_key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     .message = "72",
     .signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {.name = "TEST 3",
     .seed = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     .public_key = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     .message = "af82",
     .signature = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                  "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {.name = "TEST SHA(abc)",
     .seed = "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     .public_key = "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     .message = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     .signature = "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                  "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

TEST(Ed25519Test, MatchesRfc8032) {
  for (const Rfc8032Case& c : kRfc8032Cases) {
    const Ed25519PrivateKey key = PrivateKey(c.seed);
    EXPECT_THAT(HexEncode(key.public_key().raw()), Eq(c.public_key)) << c.name;
    EXPECT_THAT(HexEncode(key.Sign(Hex(c.message))), Eq(c.signature)) << c.name;
    const absl::StatusOr<Ed25519PublicKey> public_key =
        Ed25519PublicKey::FromRaw(Hex(c.public_key));
    ASSERT_THAT(public_key, IsOk()) << c.name;
    EXPECT_THAT(public_key->Verify(Hex(c.signature), Hex(c.message)), IsOk()) << c.name;
  }
}

// The key pairs of the reference's own tests.
struct KeyPair {
  std::string_view name, public_key, seed;
};
constexpr KeyPair kKeyPairs[] = {
    {"docker-worker", "8dBv4bbnZ3RsDzQiPKTJ18uo3hq5Rjm94JG6HXzAcBM=",
     "xp1aJlkRu4pwNbV8tfR9MrHDJn/xZjO0J5tnlcb9hFw="},
    {"generic-worker", "PkI5NslA78wSsYaKNzKq7iD7MLQy7W6wYO/0WFd4tWM=",
     "dLNc4EhiJ03cMYeEh3KG7RvLQpIPeok8CRR3kmBgc+g="},
    {"scriptworker", "KxYrV3XAJ3uOyAUX0Wcl1Oeu6GSMrI/5hOn39q8Lf0I=",
     "28CK5/8euw24MoBnQ8Tv2HwaSccf7yORrC/BYnSk+yY="},
};
constexpr std::string_view kMessage = "{\n  \"a\": \"b\"\n}\n";
constexpr std::string_view kScriptworkerSignature =
    "83d99dd24621a5d95ace19d068a1150a2fd720a584e177c1a6defd57968c19da"
    "a6512435e880545510f7c96fa29e9f468afb9fe1bb9bea2b1f0833da6c698f04";

TEST(Ed25519Test, KeyFilesOfTheReferenceBelongTogether) {
  for (const KeyPair& pair : kKeyPairs) {
    const absl::StatusOr<Ed25519PrivateKey> key =
        Ed25519PrivateKey::FromBase64Seed(SecretString(std::string(pair.seed)));
    ASSERT_THAT(key.status(), IsOk()) << pair.name;
    EXPECT_THAT(key->public_key().ToBase64(), Eq(pair.public_key)) << pair.name;
    EXPECT_THAT(std::string(key->SeedToBase64().reveal()), Eq(pair.seed)) << pair.name;
    EXPECT_THAT(Ed25519PublicKey::FromBase64(pair.public_key), IsOkAndHolds(key->public_key()))
        << pair.name;
  }
}

TEST(Ed25519Test, SignsAsTheReferenceDid) {
  const auto key = Ed25519PrivateKey::FromBase64Seed(SecretString(std::string(kKeyPairs[2].seed)));
  ASSERT_THAT(key.status(), IsOk());
  EXPECT_THAT(HexEncode(key->Sign(kMessage)), Eq(kScriptworkerSignature));
}

TEST(Ed25519Test, OnlyTheRightKeyAcceptsASignature) {
  for (const KeyPair& pair : kKeyPairs) {
    const absl::Status verified = Ed25519PublicKey::FromBase64(pair.public_key)
                                      ->Verify(Hex(kScriptworkerSignature), kMessage);
    if (pair.name == "scriptworker") {
      EXPECT_THAT(verified, IsOk());
    } else {
      EXPECT_THAT(verified, StatusIs(absl::StatusCode::kPermissionDenied));
    }
  }
}

TEST(Ed25519Test, EveryFlippedBitIsNoticed) {
  const Ed25519PublicKey key = Ed25519PublicKey::FromBase64(kKeyPairs[2].public_key).value();
  const std::string signature = Hex(kScriptworkerSignature);
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(key.Verify(changed, kMessage), StatusIs(absl::StatusCode::kPermissionDenied));
  }
  EXPECT_THAT(key.Verify(signature, absl::StrCat(kMessage, "\n")),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(Ed25519Test, ASignatureHasExactly64Bytes) {
  const Ed25519PublicKey key = Ed25519PublicKey::FromBase64(kKeyPairs[2].public_key).value();
  const std::string signature = Hex(kScriptworkerSignature);
  for (const std::string& wrong : {std::string(), signature.substr(0, 63), signature + '\0',
                                   signature + signature, std::string(kScriptworkerSignature)}) {
    EXPECT_THAT(key.Verify(wrong, kMessage),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(absl::StrCat("found ", wrong.size()))));
  }
}

TEST(Ed25519Test, SIsCanonical) {
  // TEST 1's signature with S + L in place of S.
  EXPECT_THAT(Ed25519PublicKey::FromRaw(Hex(kRfc8032Cases[0].public_key))
                  ->Verify(Hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e0652249"
                               "01554c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe2465514143"
                               "8e7a101b"),
                           ""),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

struct BadKey {
  std::string_view name, hex, error;
};
constexpr BadKey kBadKeys[] = {
    // The eight points whose order divides 8.
    {"order 1", "0100000000000000000000000000000000000000000000000000000000000000", "small order"},
    {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "small order"},
    {"order 4, first", "0000000000000000000000000000000000000000000000000000000000000000",
     "small order"},
    {"order 4, second", "0000000000000000000000000000000000000000000000000000000000000080",
     "small order"},
    {"order 8, first", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
     "small order"},
    {"order 8, second", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
     "small order"},
    {"order 8, third", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
     "small order"},
    {"order 8, fourth", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "small order"},
    // Their encodings that are not canonical.
    {"order 1, sign of x = 0", "0100000000000000000000000000000000000000000000000000000000000080",
     "small order"},
    {"order 2, sign of x = 0", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "small order"},
    {"order 1, y + p", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "not canonical"},
    {"order 1, y + p, sign of x = 0",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not canonical"},
    {"order 4, first, y + p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "not canonical"},
    {"order 4, second, y + p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "not canonical"},
    // Other points whose encodings are not canonical: y = 3 and y = 18.
    {"y = p + 3", "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     "not canonical"},
    {"y = 2^255 - 1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "not canonical"},
    // To which y no x belongs.
    {"y = 2", "0200000000000000000000000000000000000000000000000000000000000000",
     "no point on the curve"},
    {"y = 7, sign", "0700000000000000000000000000000000000000000000000000000000000080",
     "no point on the curve"},
    {"empty", "", "expected 32 bytes, found 0"},
    {"31 bytes", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751",
     "expected 32 bytes, found 31"},
    {"33 bytes", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00",
     "expected 32 bytes, found 33"},
};

TEST(Ed25519PublicKeyTest, RefusesWhatWouldAcceptForgeries) {
  for (const BadKey& key : kBadKeys) {
    EXPECT_THAT(Ed25519PublicKey::FromRaw(Hex(key.hex)).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(key.error)))
        << key.name;
    EXPECT_THAT(Ed25519PublicKey::FromBase64(Base64Encode(Hex(key.hex))).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(key.error)))
        << key.name;
  }
}

TEST(Ed25519PublicKeyTest, AcceptsBothSignsOfX) {
  // y = 3 and y = 4 belong to points of large order.
  for (const std::string_view hex :
       {"0300000000000000000000000000000000000000000000000000000000000000",
        "0300000000000000000000000000000000000000000000000000000000000080",
        "0400000000000000000000000000000000000000000000000000000000000000"}) {
    EXPECT_THAT(Ed25519PublicKey::FromRaw(Hex(hex)).status(), IsOk()) << hex;
  }
}

TEST(Ed25519PublicKeyTest, BlanksInBase64AreIgnored) {
  EXPECT_THAT(Ed25519PublicKey::FromBase64("  KxYrV3XAJ3uOyAUX0Wcl1Oeu6GSM\nrI/5hOn39q8Lf0I=\r\n"),
              IsOkAndHolds(Ed25519PublicKey::FromBase64(kKeyPairs[2].public_key).value()));
}

TEST(Ed25519PublicKeyTest, WhatIsNoBase64IsAnError) {
  for (const std::string_view text : {"bad_base64_string", "K", ""}) {
    EXPECT_THAT(
        Ed25519PublicKey::FromBase64(text).status(),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not an Ed25519 public key")));
  }
}

TEST(Ed25519PrivateKeyTest, WrongTextIsAnErrorThatDoesNotShowIt) {
  for (const std::string_view text : {"bad_base64_string", "secr", ""}) {
    const absl::Status status =
        Ed25519PrivateKey::FromBase64Seed(SecretString(std::string(text))).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr("not an Ed25519 private key")));
    if (!text.empty()) {
      EXPECT_THAT(status.message(), Not(HasSubstr(text)));
    }
  }
}

TEST(Ed25519PrivateKeyTest, GeneratedKeysDifferAndWork) {
  const Ed25519PrivateKey first = Ed25519PrivateKey::Generate();
  const Ed25519PrivateKey second = Ed25519PrivateKey::Generate();
  EXPECT_FALSE(first.public_key() == second.public_key());
  EXPECT_THAT(first.public_key().Verify(first.Sign("m"), "m"), IsOk());
  EXPECT_THAT(second.public_key().Verify(first.Sign("m"), "m"),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Ed25519PublicKey::FromRaw(first.public_key().raw()), IsOk());
}

TEST(Ed25519PrivateKeyTest, AMovedKeySignsOn) {
  Ed25519PrivateKey from = PrivateKey(kRfc8032Cases[0].seed);
  Ed25519PrivateKey to = std::move(from);
  EXPECT_THAT(HexEncode(to.Sign("")), Eq(kRfc8032Cases[0].signature));
  to = PrivateKey(kRfc8032Cases[1].seed);
  EXPECT_THAT(HexEncode(to.public_key().raw()), Eq(kRfc8032Cases[1].public_key));
}

TEST(Ed25519KeyFileTest, ErrorsNameTheFileAndNotItsContent) {
  const TempDir dir;
  const std::string json = dir.Write("foo.json", kMessage);
  const auto named = [](const std::string& path) {
    return StatusIs(Not(absl::StatusCode::kOk), AllOf(HasSubstr(path), Not(HasSubstr("\"a\""))));
  };
  for (const std::string& path : {json, dir.Path("missing"), dir.path()}) {
    EXPECT_THAT(Ed25519PrivateKey::FromFile(path).status(), named(path));
    EXPECT_THAT(Ed25519PublicKey::FromFile(path).status(), named(path));
  }
}

TEST(Ed25519KeyFileTest, ATrailingNewlineIsFine) {
  const TempDir dir;
  const auto private_key =
      Ed25519PrivateKey::FromFile(dir.Write("private", absl::StrCat(kKeyPairs[2].seed, "\n")));
  ASSERT_THAT(private_key.status(), IsOk());
  EXPECT_THAT(
      Ed25519PublicKey::FromFile(dir.Write("public", absl::StrCat(kKeyPairs[2].public_key, "\n"))),
      IsOkAndHolds(private_key->public_key()));
}

}  // namespace
}  // namespace scriptworker::crypto
