// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/crypto/base64.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::crypto {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Base64Test, MatchesRfc4648BothWays) {
  struct Case {
    std::string_view bytes, text;
  };
  constexpr Case kCases[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\373\377\277", "+/+/"},
  };
  for (const Case& c : kCases) {
    EXPECT_THAT(Base64Encode(c.bytes), Eq(c.text));
    EXPECT_THAT(Base64Decode(c.text), IsOkAndHolds(Eq(c.bytes)));
    EXPECT_THAT(Base64DecodeLenient(c.text), IsOkAndHolds(Eq(c.bytes)));
  }
}

TEST(Base64Test, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 1024; ++i) {
    bytes.push_back(static_cast<char>(i * 7 + i / 256));
    EXPECT_THAT(Base64Decode(Base64Encode(bytes)), IsOkAndHolds(bytes));
  }
}

TEST(Base64DecodeTest, AcceptsTheCanonicalFormOnly) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zg== ", "Zm\n9v",
        "Zm9v====", "Zg==Zg==", "Zm-_", "Z", "=", "\303\251Zm9v"}) {
    EXPECT_THAT(Base64Decode(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Base64DecodeTest, ErrorsDoNotQuoteTheText) {
  EXPECT_THAT(Base64Decode("SECRET!").status().message(), Not(HasSubstr("SECRET")));
  EXPECT_THAT(Base64DecodeLenient("SECRE").status().message(), Not(HasSubstr("SECRE")));
}

// The answers are those of Python's base64.b64decode.
TEST(Base64DecodeLenientTest, DecodesAsPythonDoes) {
  struct Case {
    std::string_view text;
    std::optional<std::string_view> hex;  // nullopt: an error
  };
  constexpr Case kCases[] = {
      {"Zm9v\n", "666f6f"},
      {"Zm 9v", "666f6f"},
      {"Zg==\n", "66"},
      {"Zg=\n=", "66"},
      {"Zh==", "66"},
      {"Zg==Zm9v", "66"},
      {"Zm9v=", "666f6f"},
      {"foo.json", std::nullopt},
      {"bad_base64_string", std::nullopt},
      {"FBF=x=Q9U_/ ", "1411"},
      {"\nB=9Q+B F Q=", "07d43e0454"},
      {"\303\251-+-QQ =9-U", "f904"},
      {"+F\303\251U=", "f855"},
      {"-B/\n+_x", "07ffb1"},
      {"=9U+==xU9BQ", "f54f"},
      {"=\n=-/Q\303\251+U", "fd0f94"},
      {"FBU\303\251+", "14153e"},
      {"FBFB+x9x", "141141fb1f71"},
      {"_==9\n F =B=", "f450"},
      {"=\303\251 ", ""},
      {"U_\n_U\n/B\n", "514fc1"},
      {"=", ""},
      {"U 9_=_=\303\251", "53"},
      {"x==\n xQ=", "c714"},
      {"U\nFQ_UUUx+\303\251\n", "505414514c7e"},
      {"xB9U", "c41f54"},
      {"/ U x\n = ", "fd4c"},
      {"=/F =\n=xF", "fc"},
      {"\303\251B=+x\303\251-xU/=", std::nullopt},
      {"F", std::nullopt},
      {"UQ", std::nullopt},
      {"Q_Q=", std::nullopt},
      {"B", std::nullopt},
      {"x\n===F--QxFQ", std::nullopt},
      {" \n///U+-\n", std::nullopt},
      {"=B_UU", std::nullopt},
      {"//_/", std::nullopt},
      {"U/9Fx", std::nullopt},
      {"++ QBQ_=", std::nullopt},
      {"\303\251+x/\n", std::nullopt},
      {"Q/= FBBQ _B", std::nullopt},
      {"=_ \n\303\251/_Bx  ", std::nullopt},
      {"_BQ9U-\303\251FU\n", std::nullopt},
      {"=U", std::nullopt},
      {"/-_+\303\251", std::nullopt},
      {" U", std::nullopt},
      {"F-U\303\251=", std::nullopt},
      {"9", std::nullopt},
      {" BQ\n_", std::nullopt},
      {"9=x FBQ\n=BF", std::nullopt},
      {"x /x\303\251", std::nullopt},
      {"B+=", std::nullopt},
      {"=F+/+9\n=_", std::nullopt},
  };
  for (const Case& c : kCases) {
    const absl::StatusOr<std::string> bytes = Base64DecodeLenient(c.text);
    if (c.hex.has_value()) {
      ASSERT_TRUE(bytes.ok()) << c.text << ": " << bytes.status();
      EXPECT_THAT(HexEncode(*bytes), Eq(*c.hex)) << c.text;
    } else {
      EXPECT_THAT(bytes, StatusIs(absl::StatusCode::kInvalidArgument)) << c.text;
    }
  }
}

}  // namespace
}  // namespace scriptworker::crypto
