// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_diff.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_pointer.h"

namespace scriptworker::json {
namespace {

TEST(DiffTest, NamesWhatWasAddedRemovedAndChanged) {
  struct Case {
    std::string_view before;
    std::string_view after;
    std::string_view differences;
  };
  const Case kCases[] = {
      {"1", "1.0", ""},
      {R"({"a":1,"b":[2]})", R"({"b":[2.0],"a":1})", ""},
      {"1", "2", "changed (the whole): 1 -> 2\n"},
      {"true", "1", "changed (the whole): true -> 1\n"},
      {"{}", "[]", "changed (the whole): {} -> []\n"},
      {R"({"a":1})", R"({"a":null})", "changed /a: 1 -> null\n"},
      {R"({"b":1,"c":2})", R"({"a":0,"c":2})", "added /a: 0\nremoved /b: 1\n"},
      {R"({"a":{"x":{"y":1}}})", R"({"a":{"x":{"y":2,"z":3}}})",
       "changed /a/x/y: 1 -> 2\nadded /a/x/z: 3\n"},
      {R"({"a/b":1,"m~n":1})", R"({"a/b":2})", "changed /a~1b: 1 -> 2\nremoved /m~0n: 1\n"},
      {"[1,2,3]", "[1,2,3,4]", "added /3: 4\n"},
      {"[1,2,3]", "[0,1,2,3]", "added /0: 0\n"},
      {"[1,2,3]", "[1,3]", "removed /1: 2\n"},
      {"[1,2,3]", "[1,9,3]", "changed /1: 2 -> 9\n"},
      {"[1,2,3,4,5,6]", "[2,3,9,5,6,7]", "removed /0: 1\nchanged /2: 4 -> 9\nadded /5: 7\n"},
      {R"([{"id":1,"v":1},{"id":2,"v":2}])", R"([{"id":1,"v":1},{"id":2,"v":3}])",
       "changed /1/v: 2 -> 3\n"},
      {"[]", "[[]]", "added /0: []\n"},
      {R"({"s":"a\nb"})", R"({"s":"é"})", "changed /s: \"a\\nb\" -> \"\\u00e9\"\n"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(FormatDifferences(Diff(*Parse(c.before), *Parse(c.after))), c.differences)
        << c.before << " -> " << c.after;
  }
}

TEST(DiffTest, CutsLongValuesOnlyWhenPrinting) {
  const Differences differences = Diff(Object{{"a", std::string(50, 'x')}}, Object());
  EXPECT_EQ(differences.kept.at(0).before, Value(std::string(50, 'x')));
  EXPECT_EQ(FormatDifferences(differences, 10), "removed /a: \"xxxxxxxxx...\n");
}

TEST(DiffTest, FindsOneInsertionInLongArrays) {
  Array before;
  for (int i = 0; i < 3000; ++i) before.push_back(i);
  Array after;
  for (int i = 0; i < 3000; ++i) {
    if (i == 1500) after.push_back("new");
    after.push_back(i);
  }
  EXPECT_EQ(FormatDifferences(Diff(before, after)), "added /1500: \"new\"\n");
}

TEST(DiffTest, ComparesArraysByIndexWhenTheyAreTooLongToAlign) {
  Array before;
  Array after;
  for (int i = 0; i < 5000; ++i) {
    before.push_back(i);
    after.push_back(i + 100000);
  }
  EXPECT_EQ(Diff(before, after).size(), 5000u);
}

// 300 levels of 2 by 1500 elements that differ: aligning all of them would take minutes, and
// a table for each open level 2.7 GB.
TEST(DiffTest, AlignsNoMoreThanACheapPartOfLargeDocuments) {
  const auto tower = [](int first) {
    Value value = first;
    for (int level = 0; level < 300; ++level) {
      Array array;
      array.push_back(std::move(value));
      for (int i = 0; i < 1500; ++i) array.push_back(first + i);
      value = Value(std::move(array));
    }
    return value;
  };
  EXPECT_EQ(Diff(tower(0), tower(100000)).size(), 300u * 1500 + 1);
}

// A pointer of its own for each of them would take 60 GB.
TEST(DiffTest, KeepsABoundedPartOfManyDifferences) {
  const std::string key = std::string(500'000, 'k');
  Array before;
  Array after;
  for (int i = 0; i < 125'000; ++i) {
    before.push_back(i);
    after.push_back(i + 1'000'000);
  }
  const Differences differences = Diff(Object{{key, before}}, Object{{key, after}});
  EXPECT_EQ(differences.size(), 125'000u);
  EXPECT_THAT(differences.kept, testing::SizeIs(2));
  const std::string text = FormatDifferences(differences);
  EXPECT_LT(text.size(), 2000u);
  EXPECT_THAT(text, testing::EndsWith("kkk...: 1 -> 1000001\nand 124998 more differences\n"));
}

TEST(DiffTest, TheFirstDifferenceIsKeptHoweverLongItsPointerIs) {
  const Differences differences = Diff(Object{{std::string(2 << 20, 'k'), 1}, {"z", 1}}, Object());
  EXPECT_EQ(differences.kept.size(), 1u);
  EXPECT_EQ(differences.left_out, 1u);
}

TEST(DiffTest, ALongTextSaysHowManyDifferencesAreNotInIt) {
  Object before;
  for (int i = 0; i < 3000; ++i) before.Set(absl::StrCat("k", i), std::string(300, 'v'));
  const Differences differences = Diff(before, Object());
  EXPECT_EQ(differences.kept.size(), 1000u);
  EXPECT_EQ(differences.size(), 3000u);
  const std::string text = FormatDifferences(differences);
  EXPECT_LT(text.size(), 70'000u);
  EXPECT_THAT(text, testing::ContainsRegex("\nand 2[0-9]+ more differences\n$"));
}

Value RandomValue(std::mt19937& random, int depth) {
  const auto pick = [&random](int n) {
    return std::uniform_int_distribution<int>(0, n - 1)(random);
  };
  switch (depth == 0 ? pick(4) : pick(6)) {
    case 0:
      return Value();
    case 1:
      return pick(3);
    case 2:
      return pick(2) == 0;
    case 3:
      return absl::StrCat(pick(3));
    case 4: {
      Array array;
      for (int i = pick(5); i > 0; --i) array.push_back(RandomValue(random, depth - 1));
      return array;
    }
    default: {
      Object object;
      for (int i = pick(5); i > 0; --i) {
        object.Set(absl::StrCat("k", pick(5)), RandomValue(random, depth - 1));
      }
      return object;
    }
  }
}

TEST(DiffTest, IsEmptyExactlyForEqualValuesAndItsPointersFindTheValues) {
  std::mt19937 random(20240607);
  for (int i = 0; i < 3000; ++i) {
    const Value before = RandomValue(random, 3);
    const Value after = RandomValue(random, 3);
    const Differences differences = Diff(before, after);
    EXPECT_EQ(differences.empty(), before == after) << before << " " << after;
    EXPECT_EQ(differences.left_out, 0u);
    EXPECT_TRUE(Diff(after, after).empty());
    for (const Difference& difference : differences.kept) {
      if (difference.kind == Difference::Kind::kRemoved) continue;
      // The parents of what was added or changed are at their place in `after`.
      const Value* const found = FindByPointer(after, difference.pointer);
      ASSERT_NE(found, nullptr) << difference.pointer << " " << before << " " << after;
      EXPECT_EQ(*found, difference.after);
    }
  }
}

}  // namespace
}  // namespace scriptworker::json
