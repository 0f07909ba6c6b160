// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/content_decoder.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/testing/compress.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

// Text that compresses, but is not all the same.
std::string SomeText(size_t lines) {
  std::string text;
  for (size_t i = 0; i < lines; ++i) {
    text += "line " + std::to_string(i * 7919) + " of the log\n";
  }
  return text;
}

struct CodingCase {
  std::string_view name;
  std::string_view header;
  Coding coding;
};

class CodingTest : public TestWithParam<CodingCase> {};

TEST_P(CodingTest, DecodesInOnePiece) {
  const std::string text = SomeText(20000);
  EXPECT_THAT(DecodeContent(GetParam().header, Compress(text, GetParam().coding)),
              IsOkAndHolds(text));
}

TEST_P(CodingTest, DecodesByteByByte) {
  const std::string text = SomeText(100);
  const std::string coded = Compress(text, GetParam().coding);
  absl::StatusOr<ContentDecoder> decoder = ContentDecoder::Create(GetParam().header);
  ASSERT_THAT(decoder, IsOk());
  std::string decoded;
  for (size_t i = 0; i < coded.size(); ++i) {
    ASSERT_THAT(decoder->Write(std::string_view(coded).substr(i, 1),
                               [&](std::string_view piece) {
                                 decoded.append(piece);
                                 return absl::OkStatus();
                               }),
                IsOk());
  }
  EXPECT_THAT(decoder->Finish(), IsOk());
  EXPECT_EQ(decoded, text);
}

TEST_P(CodingTest, ACutBodyIsDataLoss) {
  const std::string coded = Compress(SomeText(1000), GetParam().coding);
  for (size_t size : {size_t{1}, size_t{2}, coded.size() / 2, coded.size() - 1}) {
    EXPECT_THAT(DecodeContent(GetParam().header, coded.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut after")))
        << size;
  }
}

TEST_P(CodingTest, ADamagedBodyIsDataLoss) {
  std::string coded = Compress(SomeText(1000), GetParam().coding);
  for (size_t i = coded.size() / 2; i < coded.size() / 2 + 200; ++i) {
    coded[i] = static_cast<char>(~coded[i]);
  }
  EXPECT_THAT(DecodeContent(GetParam().header, coded), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_P(CodingTest, NoBytesAreAnEmptyBody) {
  EXPECT_THAT(DecodeContent(GetParam().header, ""), IsOkAndHolds(""));
}

INSTANTIATE_TEST_SUITE_P(
    Codings, CodingTest,
    ValuesIn<CodingCase>({
        {.name = "Gzip", .header = "gzip", .coding = Coding::kGzip},
        {.name = "OldName", .header = "X-GZip", .coding = Coding::kGzip},
        {.name = "Deflate", .header = " deflate ", .coding = Coding::kZlib},
        {.name = "RawDeflate", .header = "Deflate", .coding = Coding::kRawDeflate},
    }),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ContentDecoderTest, IdentityPassesOn) {
  EXPECT_THAT(DecodeContent("", "abc"), IsOkAndHolds("abc"));
  EXPECT_THAT(DecodeContent("identity", "abc"), IsOkAndHolds("abc"));
}

TEST(ContentDecoderTest, UnknownCodingsAreDataLoss) {
  for (std::string_view coding : {"br", "zstd", "gzip, gzip", "gzip;q=1"}) {
    EXPECT_THAT(ContentDecoder::Create(coding).status(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(coding)));
  }
}

TEST(ContentDecoderTest, GzipMembersInARowAreOneBody) {
  EXPECT_THAT(DecodeContent("gzip", Compress("ab") + Compress("") + Compress("cd")),
              IsOkAndHolds("abcd"));
}

TEST(ContentDecoderTest, BytesAfterTheEndAreDataLoss) {
  EXPECT_THAT(DecodeContent("gzip", Compress("ab") + "x"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(DecodeContent("deflate", Compress("ab", Coding::kZlib) + "x"),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(ContentDecoderTest, TheCapIsExact) {
  const std::string text(1000, 'x');
  for (std::string_view coding : {"", "gzip"}) {
    const std::string coded = coding.empty() ? text : Compress(text);
    EXPECT_THAT(DecodeContent(coding, coded, {.max_bytes = 1000}), IsOkAndHolds(text));
    EXPECT_THAT(DecodeContent(coding, coded, {.max_bytes = 999}),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("the cap of 999 bytes")));
  }
}

TEST(ContentDecoderTest, NothingBeyondTheCapIsPassedOn) {
  const std::string coded = Compress(std::string(10 << 20, '\0'));
  absl::StatusOr<ContentDecoder> decoder =
      ContentDecoder::Create("gzip", {.max_bytes = 100'000, .max_ratio = 2000});
  ASSERT_THAT(decoder, IsOk());
  size_t passed = 0;
  EXPECT_THAT(decoder->Write(coded,
                             [&](std::string_view piece) {
                               passed += piece.size();
                               return absl::OkStatus();
                             }),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_LE(passed, 100'000);
}

TEST(ContentDecoderTest, ABombIsRefusedByItsRatio) {
  const std::string bomb = Compress(std::string(64 << 20, '\0'));
  ASSERT_LT(bomb.size(), (64 << 20) / 900);
  EXPECT_THAT(
      DecodeContent("gzip", bomb, {.max_bytes = 1 << 30}),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 200 times its size")));
}

TEST(ContentDecoderTest, SmallBodiesMayHaveAnyRatio) {
  const std::string text(1 << 20, '\0');
  EXPECT_THAT(DecodeContent("gzip", Compress(text)), IsOkAndHolds(text));
}

TEST(ContentDecoderTest, AnEndlessCodingOfNothingIsRefused) {
  absl::StatusOr<ContentDecoder> decoder = ContentDecoder::Create("gzip", {.max_bytes = 1000});
  ASSERT_THAT(decoder, IsOk());
  const std::string nothing = Compress("");
  absl::Status status;
  for (int i = 0; i < 100'000 && status.ok(); ++i) {
    status = decoder->Write(nothing, [](std::string_view) { return absl::OkStatus(); });
  }
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("the coded body")));
}

TEST(ContentDecoderTest, TheOutputsErrorEndsIt) {
  absl::StatusOr<ContentDecoder> decoder = ContentDecoder::Create("gzip");
  ASSERT_THAT(decoder, IsOk());
  EXPECT_THAT(
      decoder->Write(Compress("abc"),
                     [](std::string_view) { return absl::ResourceExhaustedError("disk full"); }),
      StatusIs(absl::StatusCode::kResourceExhausted, "disk full"));
}

}  // namespace
}  // namespace scriptworker::http
