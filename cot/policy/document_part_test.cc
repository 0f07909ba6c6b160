// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/document_part.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using ::scriptworker::json::Value;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

class DocumentPartTest : public testing::Test {
 protected:
  // Reads `text` as JSON and hands it to `read`.
  template <typename Callback>
  void Read(std::string_view text, Callback read) {
    value_ = scriptworker::json::Parse(text).value();
    const auto report = [this](std::string_view pointer, std::string sentence) {
      defects_.emplace_back(pointer, std::move(sentence));
    };
    read(DocumentPart(value_, report));
  }

  Value value_;
  std::vector<std::pair<std::string, std::string>> defects_;
};

TEST_F(DocumentPartTest, GivesWhatHasTheType) {
  Read(R"({"s": "text", "l": ["a", "b"], "b": true})", [](const DocumentPart& part) {
    std::vector<std::string> keys;
    EXPECT_TRUE(
        part.ForEachMember("a mapping", [&](std::string_view key, const DocumentPart& member) {
          keys.emplace_back(key);
          if (key == "s") {
            EXPECT_THAT(member.AsString(), Optional(Eq("text")));
          } else if (key == "l") {
            EXPECT_THAT(member.AsStrings(), Optional(ElementsAre("a", "b")));
          } else {
            EXPECT_THAT(member.AsBool(), Optional(true));
          }
        }));
    EXPECT_THAT(keys, ElementsAre("s", "l", "b"));
  });
  EXPECT_THAT(defects_, IsEmpty());
}

TEST_F(DocumentPartTest, ReportsEveryOtherTypeWithItsPlace) {
  Read(R"({"s": 1, "l": "a", "b": "true", "in/side": [{"x": ["a", 1, null]}]})",
       [](const DocumentPart& part) {
         part.ForEachMember("a mapping", [](std::string_view key, const DocumentPart& member) {
           if (key == "s") {
             EXPECT_EQ(member.AsString(), std::nullopt);
           } else if (key == "l") {
             EXPECT_EQ(member.AsStrings(), std::nullopt);
           } else if (key == "b") {
             EXPECT_EQ(member.AsBool(), std::nullopt);
           } else {
             member.ForEachElement("a list", [](const DocumentPart& element) {
               element.ForEachMember("a mapping",
                                     [](std::string_view, const DocumentPart& strings) {
                                       EXPECT_THAT(strings.AsStrings(), Optional(ElementsAre("a")));
                                     });
             });
           }
         });
       });
  EXPECT_THAT(defects_, ElementsAre(Pair("/s", "expected a string, found an integer"),
                                    Pair("/l", "expected a list of strings, found a string"),
                                    Pair("/b", "expected true or false, found a string"),
                                    Pair("/in~1side/0/x/1", "expected a string, found an integer"),
                                    Pair("/in~1side/0/x/2", "expected a string, found null")));
}

TEST_F(DocumentPartTest, RefusesToWalkWhatIsNoCollection) {
  Read("7", [](const DocumentPart& part) {
    const auto never = [](const auto&...) { ADD_FAILURE(); };
    EXPECT_FALSE(part.ForEachElement("a list of rules", never));
    EXPECT_FALSE(part.ForEachMember("a mapping of scopes", never));
  });
  EXPECT_THAT(defects_, ElementsAre(Pair("", "expected a list of rules, found an integer"),
                                    Pair("", "expected a mapping of scopes, found an integer")));
}

}  // namespace
}  // namespace cot
