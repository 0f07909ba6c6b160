// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/http/get_request.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::http {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

TEST(GetRequestTest, GivesThePathWithoutTheQuery) {
  EXPECT_THAT(ParseGetRequest("GET / HTTP/1.0\r\n\r\n"), IsOkAndHolds("/"));
  EXPECT_THAT(ParseGetRequest("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
              IsOkAndHolds("/metrics"));
  EXPECT_THAT(ParseGetRequest("GET /healthz?verbose=1 HTTP/1.1\n\n"), IsOkAndHolds("/healthz"));
}

TEST(GetRequestTest, OtherMethodsAreNamed) {
  for (const std::string_view method : {"POST", "HEAD", "DELETE", "get"}) {
    EXPECT_THAT(ParseGetRequest(absl::StrCat(method, " /metrics HTTP/1.1\r\n\r\n")),
                StatusIs(absl::StatusCode::kUnimplemented))
        << method;
  }
}

TEST(GetRequestTest, WhatIsNoRequestIsRefused) {
  using namespace std::string_view_literals;  // NOLINT: one test
  for (const std::string_view request :
       {""sv, "\n"sv, "GET"sv, "GET /"sv, "GET / HTTP/2"sv, "GET  / HTTP/1.1"sv,
        "GET metrics HTTP/1.1"sv, "GET /\x01 HTTP/1.1"sv, "GET /a\0b HTTP/1.1"sv,
        "GET /caf\xc3\xa9 HTTP/1.1"sv, "GET /a b HTTP/1.1"sv, "\x16\x03\x01\x02"sv}) {
    EXPECT_THAT(ParseGetRequest(request), StatusIs(absl::StatusCode::kInvalidArgument)) << request;
  }
}

}  // namespace
}  // namespace scriptworker::http
