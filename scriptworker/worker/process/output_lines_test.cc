// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/output_lines.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"

namespace scriptworker::worker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutputLinesTest : public testing::Test {
 protected:
  void Feed(std::string_view bytes) {
    lines_.Feed(bytes, [this](std::string_view line) { emitted_.emplace_back(line); });
  }
  void Finish() {
    lines_.Finish([this](std::string_view line) { emitted_.emplace_back(line); });
  }

  SecretRedactor redactor_;
  OutputLines lines_{redactor_};
  std::vector<std::string> emitted_;
};

TEST_F(OutputLinesTest, PassesCompleteLinesOn) {
  Feed("one\ntwo\n\nthree\n");
  EXPECT_THAT(emitted_, ElementsAre("one\n", "two\n", "\n", "three\n"));
}

TEST_F(OutputLinesTest, WaitsForTheRestOfALine) {
  Feed("on");
  EXPECT_THAT(emitted_, IsEmpty());
  Feed("e\ntw");
  Feed("o\n");
  EXPECT_THAT(emitted_, ElementsAre("one\n", "two\n"));
}

TEST_F(OutputLinesTest, TheLastLineMayLackItsNewline) {
  Feed("one\ntwo");
  Finish();
  EXPECT_THAT(emitted_, ElementsAre("one\n", "two"));
  Finish();
  EXPECT_EQ(emitted_.size(), 2u);
}

TEST_F(OutputLinesTest, ALongLineComesInPieces) {
  const std::string line(3 * OutputLines::kMaxPiece + 5, 'x');
  Feed(line);
  Feed("\n");
  ASSERT_EQ(emitted_.size(), 4u);
  EXPECT_EQ(emitted_[0].size(), OutputLines::kMaxPiece);
  EXPECT_EQ(emitted_[3], "xxxxx\n");
  EXPECT_EQ(absl::StrJoin(emitted_, ""), line + "\n");
}

TEST_F(OutputLinesTest, ALineOfExactlyTheLimitIsOnePiece) {
  const std::string line = std::string(OutputLines::kMaxPiece - 1, 'x') + "\n";
  Feed(line);
  EXPECT_THAT(emitted_, ElementsAre(line));
}

TEST_F(OutputLinesTest, NoPieceCutsASequenceOfUtf8) {
  std::string line;  // characters of 1 to 4 bytes, never aligned with the limit
  while (line.size() < 3 * OutputLines::kMaxPiece) line += "aé€𝄞";
  Feed(line);
  Finish();
  EXPECT_GE(emitted_.size(), 3u);
  for (const std::string& piece : emitted_) {
    EXPECT_EQ(DisplayText(piece), piece);  // is UTF-8
  }
  EXPECT_EQ(absl::StrJoin(emitted_, ""), line);
}

TEST_F(OutputLinesTest, ALongLineOfContinuationBytesMakesProgress) {
  const std::string line(2 * OutputLines::kMaxPiece, '\x80');
  Feed(line);
  Finish();
  EXPECT_EQ(absl::StrJoin(emitted_, ""), line);
}

TEST_F(OutputLinesTest, SecretsAreReplacedInEveryLine) {
  const auto token = redactor_.Add(SecretString("no-secret"));
  Feed("token=no-sec");
  Feed("ret!\nnext no-secret");
  Finish();
  EXPECT_THAT(emitted_, ElementsAre("token=[redacted]!\n", "next [redacted]"));
}

TEST_F(OutputLinesTest, NoPieceCutsASecret) {
  const auto token = redactor_.Add(SecretString("no-secret"));
  // The secret at each offset around the border of the first piece.
  for (size_t offset = 0; offset < 20; ++offset) {
    emitted_.clear();
    Feed(std::string(OutputLines::kMaxPiece - offset, 'x'));
    Feed("no-secret");
    Feed(std::string(100, 'y'));
    Finish();
    const std::string all = absl::StrJoin(emitted_, "");
    EXPECT_EQ(all, absl::StrCat(std::string(OutputLines::kMaxPiece - offset, 'x'), "[redacted]",
                                std::string(100, 'y')))
        << "offset " << offset;
  }
}

struct TextCase {
  std::string_view name, line, text;
};

class DisplayTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(DisplayTextTest, IsWhatPythonPrints) {
  EXPECT_EQ(DisplayText(GetParam().line), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, DisplayTextTest,
    testing::Values(TextCase{"ascii", "hello\n", "hello\n"},
                    TextCase{"utf8",
                             "gr\xc3\xb6\xc3\x9f"
                             "e\n",
                             "größe\n"},
                    TextCase{"four_bytes", "\xf0\x9d\x84\x9e", "𝄞"},
                    TextCase{"control_characters_stay", "\x1b[1mbold\x1b[0m\r\n",
                             "\x1b[1mbold\x1b[0m\r\n"},
                    TextCase{"latin1", "caf\xe9\n", "b'caf\\xe9\\n'"},
                    TextCase{"overlong", "\xc0\xaf", "b'\\xc0\\xaf'"},
                    TextCase{"overlong_of_three", "\xe0\x80\xaf", "b'\\xe0\\x80\\xaf'"},
                    TextCase{"surrogate", "\xed\xa0\x80", "b'\\xed\\xa0\\x80'"},
                    TextCase{"above_unicode", "\xf4\x90\x80\x80", "b'\\xf4\\x90\\x80\\x80'"},
                    TextCase{"cut_sequence", "\xe2\x82", "b'\\xe2\\x82'"},
                    TextCase{"escapes", "\xff\t\r\\\x01", "b'\\xff\\t\\r\\\\\\x01'"},
                    TextCase{"single_quote", "it's \xff", "b\"it's \\xff\""},
                    TextCase{"both_quotes", "'\"\xff", "b'\\'\"\\xff'"},
                    TextCase{"double_quote", "\"\xff", "b'\"\\xff'"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TrimmedDisplayTextTest, DropsTheNewlineBeforeItIsShown) {
  EXPECT_EQ(TrimmedDisplayText("text \t\r\n"), "text");
  EXPECT_EQ(TrimmedDisplayText("caf\xe9 \n"), "b'caf\\xe9'");
}

TEST(TrimmedDisplayTextTest, DropsWhatPythonTakesForWhiteSpace) {
  EXPECT_EQ(TrimmedDisplayText("text\u00a0\u0085\u2028 \x1c\x1f\u3000\n"), "text");
  EXPECT_EQ(TrimmedDisplayText("text\u200b\n"), "text\u200b") << "which is of no width, but none";
  EXPECT_EQ(TrimmedDisplayText("\u00a0text"), "\u00a0text");
  EXPECT_EQ(TrimmedDisplayText("\u2003"), "");
}

}  // namespace
}  // namespace scriptworker::worker
