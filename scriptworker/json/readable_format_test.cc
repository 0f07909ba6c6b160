// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/readable_format.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {
namespace {

// `elements` zeros within so many lists.
Value Deep(int depth, int elements) {
  Array zeros;
  for (int i = 0; i < elements; ++i) zeros.push_back(Value(0));
  Value value(std::move(zeros));
  for (int i = 1; i < depth; ++i) value = Value(Array{std::move(value)});
  return value;
}

TEST(FormatReadablyTest, IsFormatForOrdinaryDocuments) {
  const Value value(Object{{"list", Deep(3, 4)}, {"empty", Array()}, {"text", "x"}});
  EXPECT_EQ(FormatReadably(value), Format(value));
  EXPECT_EQ(FormatReadably(Value("x")), Format(Value("x")));
}

TEST(FormatReadablyTest, CountsEveryBlankOfTheIndentation) {
  const Value value(Object{{"a", Array{1, 2, Object{{"b", 3}}}}, {"c", 4}});
  const std::string text = Format(value);
  size_t blanks = 0;
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    for (++at; text[at] == ' '; ++at) ++blanks;
  }
  EXPECT_EQ(FormatReadably(value, blanks), text);
  EXPECT_EQ(FormatReadably(value, blanks - 1), FormatCompact(value));
}

TEST(FormatReadablyTest, ATowerOfListsDoesNotMultiply) {
  const Value value = Deep(500, 100'000);
  const std::string text = FormatReadably(value);
  EXPECT_EQ(text, FormatCompact(value));
  EXPECT_LT(text.size(), 300'000u);
}

}  // namespace
}  // namespace scriptworker::json
