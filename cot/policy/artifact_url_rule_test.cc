// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/artifact_url_rule.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::http::Url;
using ::scriptworker::taskcluster::TaskId;
using ::testing::HasSubstr;

constexpr std::string_view kTask = "VQU9QMO4Teq7zr91FhBusg";
constexpr std::string_view kOtherTask = "AQU9QMO4Teq7zr91FhBusg";
constexpr std::string_view kQueue = "https://firefox-ci-tc.services.mozilla.com/api/queue/v1/task/";

std::vector<UrlRule> DefaultRules() { return LoadDefaultPolicy()->policy.artifact_rules; }

struct UrlCase {
  std::string_view test_name;
  std::string url;
  std::string_view artifact;  // empty: refused
};

class ArtifactOfUrlTest : public ::testing::TestWithParam<UrlCase> {};

TEST_P(ArtifactOfUrlTest, KnowsTheArtifactOrRefuses) {
  const std::vector<UrlRule> rules = DefaultRules();
  const auto url = Url::Parse(GetParam().url);
  ASSERT_THAT(url, IsOk());
  const auto name = ArtifactOfUrl(rules, *url, {*TaskId::Parse(kTask)});
  if (GetParam().artifact.empty()) {
    EXPECT_THAT(name,
                StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("Can't validate url")));
  } else {
    ASSERT_THAT(name, IsOk());
    EXPECT_EQ(name->str(), GetParam().artifact);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Urls, ArtifactOfUrlTest,
    ::testing::Values(
        UrlCase{"LatestRun", absl::StrCat(kQueue, kTask, "/artifacts/public%2Fa.zip"),
                "public/a.zip"},
        UrlCase{"UnescapedSlash", absl::StrCat(kQueue, kTask, "/artifacts/public/a.zip"),
                "public/a.zip"},
        UrlCase{"GivenRun", absl::StrCat(kQueue, kTask, "/runs/3/artifacts/public/a.zip"),
                "public/a.zip"},
        UrlCase{"QueryDoesNotCount",
                absl::StrCat(kQueue, kTask, "/artifacts/private/a.zip?bewit=secret"),
                "private/a.zip"},
        UrlCase{"OldQueue",
                absl::StrCat("https://queue.taskcluster.net/v1/task/", kTask,
                             "/artifacts/public/a.zip"),
                "public/a.zip"},
        UrlCase{"DecodedOnce", absl::StrCat(kQueue, kTask, "/artifacts/public%2Ffoo%2541"),
                "public/foo%41"},
        UrlCase{"AnotherTask", absl::StrCat(kQueue, kOtherTask, "/artifacts/public/a.zip"), ""},
        UrlCase{"Http",
                absl::StrCat("http://firefox-ci-tc.services.mozilla.com/api/queue/v1/task/", kTask,
                             "/artifacts/public/a.zip"),
                ""},
        UrlCase{"AnotherHost",
                absl::StrCat("https://evil.example.com/api/queue/v1/task/", kTask,
                             "/artifacts/public/a.zip"),
                ""},
        UrlCase{"AnotherPort",
                absl::StrCat("https://firefox-ci-tc.services.mozilla.com:8443/"
                             "api/queue/v1/task/",
                             kTask, "/artifacts/public/a.zip"),
                ""},
        UrlCase{"EscapedDots", absl::StrCat(kQueue, kTask, "/artifacts/public%2F..%2F..%2Fescaped"),
                ""},
        UrlCase{"EmptySegment", absl::StrCat(kQueue, kTask, "/artifacts/public%2F%2Fa"), ""},
        UrlCase{"ZeroByte", absl::StrCat(kQueue, kTask, "/artifacts/public/a%00"), ""},
        UrlCase{"AbsoluteName", absl::StrCat(kQueue, kTask, "/artifacts/%2Fetc%2Fpasswd"), ""},
        UrlCase{"ControlCharacter", absl::StrCat(kQueue, kTask, "/artifacts/public/a%0A"), ""},
        UrlCase{"NoArtifact", absl::StrCat(kQueue, kTask, "/status"), ""}),
    [](const auto& info) { return std::string(info.param.test_name); });

TEST(ArtifactOfUrlTest, SecretsStayOutOfTheError) {
  const auto url =
      Url::Parse(absl::StrCat(kQueue, kOtherTask, "/artifacts/private/a.zip?bewit=c2VjcmV0"));
  EXPECT_THAT(ArtifactOfUrl(DefaultRules(), *url, {*TaskId::Parse(kTask)}),
              StatusIs(absl::StatusCode::kPermissionDenied, ::testing::Not(HasSubstr("c2VjcmV0"))));
}

}  // namespace
}  // namespace cot
