// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/value.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/format.h"

namespace scriptworker::json {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
constexpr uint64_t kUint64Max = std::numeric_limits<uint64_t>::max();

std::vector<std::string> Keys(const Object& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object) keys.emplace_back(key);
  return keys;
}

TEST(ValueTest, HasTheTypeItWasMadeWith) {
  EXPECT_EQ(Value().type(), Value::Type::kNull);
  EXPECT_EQ(Value(nullptr).type(), Value::Type::kNull);
  EXPECT_EQ(Value(true).type(), Value::Type::kBool);
  EXPECT_EQ(Value(1).type(), Value::Type::kInt);
  EXPECT_EQ(Value(size_t{1}).type(), Value::Type::kInt);
  EXPECT_EQ(Value(kUint64Max).type(), Value::Type::kUint);
  EXPECT_EQ(Value(1.0).type(), Value::Type::kDouble);
  EXPECT_EQ(Value("x").type(), Value::Type::kString);
  EXPECT_EQ(Value(std::string(100, 'x')).type(), Value::Type::kString);
  EXPECT_EQ(Value(Array()).type(), Value::Type::kArray);
  EXPECT_EQ(Value(Object()).type(), Value::Type::kObject);
}

TEST(ValueTest, IntegersAreExactTo64Bit) {
  EXPECT_EQ(Value(kInt64Min).int_value(), kInt64Min);
  EXPECT_EQ(Value(kInt64Max).int_value(), kInt64Max);
  EXPECT_EQ(Value(kInt64Max).uint_value(), static_cast<uint64_t>(kInt64Max));
  EXPECT_EQ(Value(kUint64Max).uint_value(), kUint64Max);
  EXPECT_EQ(Value(uint64_t{1} << 63).type(), Value::Type::kUint);
  EXPECT_EQ(Value(kUint64Max).double_value(), 18446744073709551616.0);
}

TEST(ValueTest, KeepsStringsOfEveryLength) {
  for (size_t length = 0; length < 40; ++length) {
    std::string text(length, 'a');
    if (length > 2) text[1] = '\0';
    const Value value(text);
    const Value copy = value;  // NOLINT(performance-unnecessary-copy-initialization): tested
    EXPECT_EQ(value.string_value(), text);
    EXPECT_EQ(copy.string_value(), text);
    EXPECT_EQ(copy, value);
    EXPECT_FALSE(value == Value(text + '\0')) << length;
  }
}

TEST(ValueTest, EqualityComparesNumbersByValueAndNothingElseAcrossTypes) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_EQ(Value(-0.0), Value(0));
  EXPECT_EQ(Value(uint64_t{1} << 63), Value(9223372036854775808.0));
  EXPECT_FALSE(Value(kInt64Max) == Value(9223372036854775808.0));
  EXPECT_FALSE(Value(kUint64Max) == Value(18446744073709551616.0));
  EXPECT_FALSE(Value((int64_t{1} << 53) + 1) == Value(9007199254740992.0));
  EXPECT_FALSE(Value(-1) == Value(kUint64Max));
  EXPECT_FALSE(Value(1) == Value(1.5));
  EXPECT_FALSE(Value(true) == Value(1));
  EXPECT_FALSE(Value(false) == Value());
  EXPECT_FALSE(Value("1") == Value(1));
  EXPECT_FALSE(Value(Array()) == Value(Object()));
}

TEST(ValueTest, ObjectsAreEqualInAnyOrder) {
  const Value a(Object{{"x", 1}, {"y", Array{1, 2}}});
  const Value b(Object{{"y", Array{1, 2.0}}, {"x", 1}});
  EXPECT_EQ(a, b);
  EXPECT_FALSE(a == Value(Object{{"x", 1}}));
  EXPECT_FALSE(a == Value(Object{{"x", 1}, {"z", Array{1, 2}}}));
  EXPECT_FALSE(Value(Array{1, 2}) == Value(Array{2, 1}));
}

TEST(ValueTest, MovedFromIsNull) {
  Value a("a string that does not lie in the value");
  const Value b = std::move(a);
  EXPECT_TRUE(a.is_null());  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(b.is_string());
}

TEST(ValueTest, MayBeAssignedAPartOfItself) {
  Value value(Object{{"inner", Array{"x", "y"}}});
  value = *value.Find("inner");
  EXPECT_EQ(value, Value(Array{"x", "y"}));
  value = Value(value.array()[1]);
  EXPECT_EQ(value, Value("y"));
  Value& same = value;
  value = same;
  value = std::move(same);
  EXPECT_EQ(value, Value("y"));
}

TEST(ValueTest, CopiesShareUntilOneIsChanged) {
  Value a(Object{{"list", Array{1, 2, 3}}});
  Value b = a;
  EXPECT_TRUE(a.SharesContentWith(b));
  b.mutable_object()->mutable_value("list")->mutable_array()->push_back(4);
  EXPECT_EQ(a, Value(Object{{"list", Array{1, 2, 3}}}));
  EXPECT_EQ(b, Value(Object{{"list", Array{1, 2, 3, 4}}}));
  EXPECT_FALSE(a.SharesContentWith(b));
}

TEST(ValueTest, PrintsAsCompactJson) {
  EXPECT_EQ(absl::StrCat(Value(Object{{"a", Array{1, "x", nullptr}}})), R"({"a":[1,"x",null]})");
  EXPECT_EQ(testing::PrintToString(Value(true)), "true");
}

TEST(ValueTest, NamesItsTypeInMessages) {
  EXPECT_EQ(Value().type_name(), "null");
  EXPECT_EQ(Value(1).type_name(), "an integer");
  EXPECT_EQ(Value(kUint64Max).type_name(), "an integer");
  EXPECT_EQ(Value(1.5).type_name(), "a number");
  EXPECT_EQ(Value(Object()).type_name(), "an object");
}

TEST(ValueDeathTest, ReadingTheWrongTypeIsFatal) {
  EXPECT_DEATH((void)Value("x").int_value(), "a string, not an integer");
  EXPECT_DEATH((void)Value(1).array(), "an integer, not an array");
  EXPECT_DEATH((void)Value(-1).uint_value(), "");
}

class Function : public Opaque {
 public:
  explicit Function(bool* deleted) : deleted_(deleted) {}
  ~Function() override { *deleted_ = true; }
  std::string_view type_name() const override { return "a function"; }

 private:
  bool* deleted_;
};

TEST(ValueTest, CarriesAnOpaqueObjectUntilTheLastCopyIsGone) {
  bool deleted = false;
  Value a(std::make_unique<Function>(&deleted));
  {
    const Value b(Array{a});
    EXPECT_EQ(b.array()[0], a);
    EXPECT_EQ(&b.array()[0].opaque(), &a.opaque());
    EXPECT_EQ(b.array()[0].type_name(), "a function");
    EXPECT_EQ(FormatCompact(b), "[null]");
    bool other_deleted = false;
    EXPECT_FALSE(Value(std::make_unique<Function>(&other_deleted)) == a);
    EXPECT_TRUE(other_deleted);
    a = Value();
    EXPECT_FALSE(deleted);
  }
  EXPECT_TRUE(deleted);
}

TEST(ArrayTest, GrowsAndShrinks) {
  Array array;
  EXPECT_TRUE(array.empty());
  EXPECT_EQ(array.begin(), array.end());
  for (int i = 0; i < 1000; ++i) array.push_back(i);
  EXPECT_EQ(array.size(), 1000u);
  EXPECT_EQ(array[999], Value(999));
  array.pop_back();
  EXPECT_EQ(array.back(), Value(998));
  *array.mutable_at(0) = "first";
  EXPECT_EQ(array.front(), Value("first"));
}

TEST(ArrayTest, ReservingDoesNotDetachTheOthersContent) {
  Array a{1, 2};
  Array b = a;
  b.reserve(100);
  b.push_back(3);
  EXPECT_EQ(a, (Array{1, 2}));
  EXPECT_EQ(b, (Array{1, 2, 3}));
}

class ObjectOfSizeTest : public testing::TestWithParam<int> {
 protected:
  static std::string Key(int i) {
    // Inline keys, keys at the limit, and shared ones.
    return absl::StrCat(i, std::string(static_cast<size_t>(i) % 20, 'k'));
  }
  Object Make() {
    Object object;
    for (int i = 0; i < GetParam(); ++i) object.Set(Key(i), i);
    return object;
  }
};

TEST_P(ObjectOfSizeTest, FindsEveryKeyAndNoOther) {
  const Object object = Make();
  ASSERT_EQ(object.size(), static_cast<size_t>(GetParam()));
  for (int i = 0; i < GetParam(); ++i) {
    ASSERT_NE(object.Find(Key(i)), nullptr) << i;
    EXPECT_EQ(*object.Find(Key(i)), Value(i));
    EXPECT_EQ(object.Find(Key(i) + "x"), nullptr);
  }
  EXPECT_EQ(object.Find(""), nullptr);
}

TEST_P(ObjectOfSizeTest, KeepsTheOrderOfInsertionWhenValuesAreReplaced) {
  Object object = Make();
  const std::vector<std::string> before = Keys(object);
  for (int i = GetParam() - 1; i >= 0; --i) object.Set(Key(i), "new");
  EXPECT_EQ(Keys(object), before);
  for (const auto& [key, value] : object) EXPECT_EQ(value, Value("new"));
}

TEST_P(ObjectOfSizeTest, CopiesAreIndependent) {
  const Object object = Make();
  Object copy = object;
  copy.Set("another", 1);
  EXPECT_EQ(object.Find("another"), nullptr);
  EXPECT_EQ(copy.size(), object.size() + 1);
  EXPECT_EQ(object, Make());
}

TEST_P(ObjectOfSizeTest, ErasingKeepsTheOrderOfTheOthers) {
  Object object = Make();
  std::vector<std::string> expected = Keys(object);
  for (int i = 0; i < GetParam(); i += 2) {
    EXPECT_TRUE(object.Erase(Key(i)));
    EXPECT_FALSE(object.Erase(Key(i)));
    std::erase(expected, Key(i));
  }
  EXPECT_EQ(Keys(object), expected);
  for (int i = 0; i < GetParam(); ++i) {
    EXPECT_EQ(object.contains(Key(i)), i % 2 == 1) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(AroundTheIndexSizes, ObjectOfSizeTest,
                         testing::Values(0, 1, 4, 5, 7, 8, 9, 15, 16, 17, 33, 100, 1000));

TEST(ObjectTest, InsertRefusesAKeyThatIsThere) {
  Object object;
  EXPECT_TRUE(object.Insert("a", 1));
  EXPECT_FALSE(object.Insert("a", 2));
  EXPECT_EQ(*object.Find("a"), Value(1));
}

TEST(ObjectTest, FindOrAddAddsNull) {
  Object object;
  *object.FindOrAdd("a") = 1;
  EXPECT_EQ(*object.FindOrAdd("a"), Value(1));
  EXPECT_TRUE(object.FindOrAdd("b")->is_null());
  EXPECT_THAT(Keys(object), ElementsAre("a", "b"));
}

TEST(ObjectTest, SharesLongKeysGivenAsValues) {
  const Value key("a key too long to lie in a value");
  Object object;
  object.Set(key, 1);
  EXPECT_TRUE(object.begin()->key_as_value().SharesContentWith(key));
  object.Set(key, 2);
  EXPECT_EQ(object.size(), 1u);
}

TEST(ObjectTest, IteratesAsKeyAndValue) {
  const Object object{{"b", 1}, {"a", 2}, {"b", 3}};
  std::string seen;
  for (const auto& [key, value] : object) {
    absl::StrAppend(&seen, key, "=", value, " ");
  }
  EXPECT_EQ(seen, "b=3 a=2 ");
}

TEST(ObjectTest, OfATemporaryValueOutlivesItInALoop) {
  const auto make = [] { return Value(Object{{"a key that is no inline string", Array{1, 2}}}); };
  std::string seen;
  for (const auto& [key, value] : make().object()) absl::StrAppend(&seen, key, "=", value);
  EXPECT_EQ(seen, "a key that is no inline string=[1,2]");
  int sum = 0;
  for (const Value& value : Value(Array{1, 2}).array()) sum += static_cast<int>(value.int_value());
  EXPECT_EQ(sum, 3);
}

TEST(ValueTest, CopiesThatShareMayBeUsedByDifferentThreads) {
  const Value shared(Object{{"list", Array{1, 2, 3}}, {"x", "y"}});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([copy = shared, t]() mutable {
      for (int i = 0; i < 10000; ++i) {
        Value mine = copy;
        if (i % 8 == 0) mine.mutable_object()->Set("x", t);
        if (i % 128 == 0) copy = mine;
      }
      EXPECT_EQ(*copy.Find("x"), Value(t));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(*shared.Find("x"), Value("y"));
}

// A frame of the stack for each level would not fit.
TEST(TeardownTest, AValueOfAnyDepthIsFreed) {
  Value tower = 1;
  for (int i = 0; i < 300'000; ++i) {
    if (i % 3 == 0) {
      tower = Object{{"a", 1}, {"tower", std::move(tower)}};
    } else {
      tower = Array{std::move(tower), Array{"a string beyond fifteen bytes"}};
    }
  }
  const Value shared = tower;
  tower = Value();
  EXPECT_TRUE(shared.is_array());
}

TEST(TeardownTest, WhatIsSharedWithADeepValueStays) {
  const Value shared = Array{"a string beyond fifteen bytes"};
  {
    Value tower = shared;
    for (int i = 0; i < 10'000; ++i) tower = Array{std::move(tower), shared};
  }
  EXPECT_EQ(shared, Value(Array{"a string beyond fifteen bytes"}));
}

}  // namespace
}  // namespace scriptworker::json
