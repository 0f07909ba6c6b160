// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/link_header.h"

#include <optional>
#include <string_view>

#include "gtest/gtest.h"

namespace scriptworker::vcs {
namespace {

TEST(LinkHeaderTest, ALinkIsFoundByItsRelation) {
  constexpr std::string_view kHeader =
      R"(<https://a.example/x?page=1>; rel="prev", <https://a.example/x?page=3>; rel="next",)"
      R"( <https://a.example/x?page=9>; rel="last")";
  EXPECT_EQ(FindLink(kHeader, "next"), "https://a.example/x?page=3");
  EXPECT_EQ(FindLink(kHeader, "prev"), "https://a.example/x?page=1");
  EXPECT_EQ(FindLink(kHeader, "last"), "https://a.example/x?page=9");
  EXPECT_EQ(FindLink(kHeader, "first"), std::nullopt);
}

TEST(LinkHeaderTest, FormsThatTheRfcAllowsAreRead) {
  EXPECT_EQ(FindLink("<a>;rel=next", "next"), "a");
  EXPECT_EQ(FindLink("  <a> ; REL = \"Next\"", "next"), "a");
  EXPECT_EQ(FindLink("<a>; rel=\"prev next\"", "next"), "a");
  EXPECT_EQ(FindLink("<a,b;c>; rel=next", "next"), "a,b;c");
  EXPECT_EQ(FindLink(R"(<a>; title="x, <b>; rel=next", <c>; rel=next)", "next"), "c");
  EXPECT_EQ(FindLink(R"(<a>; title="\", <b>; rel=next"; rel=prev)", "next"), std::nullopt);
  EXPECT_EQ(FindLink("<a>, <b>; x=y; rel=next", "next"), "b");
}

TEST(LinkHeaderTest, WhatIsNoListOfLinksHasNoMore) {
  for (const std::string_view header :
       {"", " ", "next", "<a", "<a>", "<a> rel=next", "<a>; rel", "<a>; rel=nextpage",
        "<a>; rel=\"", "x, <a>; rel=next", "<a>; x=y rel=next, b; rel=next"}) {
    EXPECT_EQ(FindLink(header, "next"), std::nullopt) << header;
  }
}

}  // namespace
}  // namespace scriptworker::vcs
