// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/content_type.h"

#include <string_view>

#include "gtest/gtest.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::http {
namespace {

TEST(IsHtmlTest, WhateverTheCaseAndTheParameters) {
  for (const std::string_view type :
       {"text/html", "Text/HTML", "text/html;charset=utf-8", " text/html ; charset=utf-8"}) {
    Headers headers;
    headers.Add("content-type", type);
    EXPECT_TRUE(IsHtml(headers)) << type;
  }
}

TEST(IsHtmlTest, NoOtherTypeIs) {
  for (const std::string_view type :
       {"", "text/plain", "text/htmlx", "application/xhtml+xml", "text/plain; text/html"}) {
    Headers headers;
    headers.Add("Content-Type", type);
    EXPECT_FALSE(IsHtml(headers)) << type;
  }
  EXPECT_FALSE(IsHtml(Headers()));
}

}  // namespace
}  // namespace scriptworker::http
