// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/relative_date.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/time/time.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// 2026-05-01T10:00:00.250Z
const absl::Time kCreated = absl::FromUnixMillis(1777629600250);

struct DateCase {
  std::string_view name;
  std::string_view definition;
  std::string_view resolved;  // empty: an error
};

class RelativeDateTest : public testing::TestWithParam<DateCase> {};

TEST_P(RelativeDateTest, IsResolvedAsTaskgraphDoes) {
  const auto resolved = ResolveRelativeDates(Json(GetParam().definition), kCreated);
  if (GetParam().resolved.empty()) {
    EXPECT_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument));
  } else {
    EXPECT_THAT(resolved, IsOkAndHolds(Json(GetParam().resolved)));
  }
}

constexpr DateCase kCases[] = {
    {"Day", R"({"relative-datestamp": "1 day"})", R"("2026-05-02T10:00:00.250Z")"},
    {"Zero", R"({"relative-datestamp": "0 seconds"})", R"("2026-05-01T10:00:00.250Z")"},
    {"ShortUnit", R"({"relative-datestamp": "2h"})", R"("2026-05-01T12:00:00.250Z")"},
    {"MonthIsThirtyDays", R"({"relative-datestamp": "1 month"})", R"("2026-05-31T10:00:00.250Z")"},
    {"YearIs365Days", R"({"relative-datestamp": "1 year"})", R"("2027-05-01T10:00:00.250Z")"},
    {"SignDoesNotCount", R"({"relative-datestamp": "-1 day"})", R"("2026-05-02T10:00:00.250Z")"},
    {"Nested", R"({"a": [{"b": {"relative-datestamp": "1 min"}}], "c": 1})",
     R"({"a": [{"b": "2026-05-01T10:01:00.250Z"}], "c": 1})"},
    {"NotAloneIsKept", R"({"relative-datestamp": "1 day", "x": 1})",
     R"({"relative-datestamp": "1 day", "x": 1})"},
    {"KeysOfAnObject", R"({"relative-datestamp": {"1 day": "x"}})",
     R"({"2026-05-02T10:00:00.250Z": "x"})"},
    {"Fraction", R"({"relative-datestamp": "1.5 days"})", ""},
    {"UnknownUnit", R"({"relative-datestamp": "1 week"})", ""},
    {"NoUnit", R"({"relative-datestamp": "1"})", ""},
    {"Number", R"({"relative-datestamp": 1})", ""},
    {"TooFar", R"({"relative-datestamp": "99999 years"})", ""},
    {"Overflow", R"({"relative-datestamp": "99999999999999999999 s"})", ""},
};
INSTANTIATE_TEST_SUITE_P(Table, RelativeDateTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cot
