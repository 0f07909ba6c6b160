// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/json_clip.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::taskcluster {
namespace {

struct Case {
  std::string_view text;
  int max_depth;
  std::string_view clipped;
};

TEST(ClipJsonTest, EmptiesWhatIsDeepest) {
  for (const Case& c : {
           Case{R"(1)", 1, R"(1)"},
           Case{R"({"a": [1, 2]})", 2, R"({"a": []})"},
           Case{R"({"a": [1, 2], "b": 3})", 1, R"({})"},
           Case{R"({"a": [1, 2], "b": 3})", 3, R"({"a": [1, 2], "b": 3})"},
           Case{R"([[[]], {"a": {}}])", 2, R"([[], {}])"},
           Case{R"(["]", "[", "\"]", "\\", ["x]"]])", 2, R"(["]", "[", "\"]", "\\", []])"},
           Case{R"([["\\", "]\""], 1])", 2, R"([[], 1])"},
       }) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(ClipJson(c.text, c.max_depth), c.clipped);
  }
}

TEST(ClipJsonTest, MakesADeepDocumentOneThatCanBeParsed) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += R"({"a":[)";
  text = R"({"claim": 1, "deep": )" + text;
  for (int i = 0; i < 100'000; ++i) text += "]}";
  text += "}";
  EXPECT_FALSE(json::Parse(text).ok());
  const auto value = json::Parse(ClipJson(text, 512));
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(value->Find("claim")->int_value(), 1);
  EXPECT_FALSE(json::Parse(ClipJson(text, 512), {.max_depth = 511}).ok()) << "not more than needed";
}

}  // namespace
}  // namespace scriptworker::taskcluster
