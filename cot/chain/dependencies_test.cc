// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/dependencies.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::testing::ElementsAre;

std::string Entry(std::string_view rest) {
  return absl::StrCat(R"({"payload": {"upstreamArtifacts": [{"taskId": ")", kBuildId,
                      R"(", "taskType": "build", )", rest, "}]}}");
}

TEST(DependenciesTest, TheParentComesFirstAndTheOthersAreSorted) {
  const Link link = MakeLink("beetmover", kTargetId, R"({
    "payload": {"upstreamArtifacts": [
      {"taskId": "TaskEAAAQACAAAAAAAAAAA", "taskType": "signing", "paths": []},
      {"taskId": "BuildBAAQACAAAAAAAAAAA", "taskType": "build", "paths": []},
      {"taskId": "BuildBAAQACAAAAAAAAAAA", "taskType": "build", "paths": []}]},
    "extra": {"chainOfTrust": {"inputs": {"docker-image": "ImageDAAQACAAAAAAAAAAA"}}}})");
  const auto dependencies = FindDependencies(link);
  ASSERT_TRUE(dependencies.ok()) << dependencies.status();
  std::vector<std::string> types;
  for (const Dependency& dependency : *dependencies) {
    types.push_back(dependency.type);
  }
  EXPECT_THAT(types, ElementsAre("parent", "build", "build", "docker-image", "signing"));
}

TEST(DependenciesTest, ATypeThatIsLongerThanAnyIsRefused) {
  const auto with_type = [](size_t bytes) {
    return FindDependencies(
        MakeLink("signing", kTargetId,
                 absl::StrCat(R"({"extra": {"chainOfTrust": {"inputs": {")",
                              std::string(bytes, 'x'), R"(": "ImageDAAQACAAAAAAAAAAA"}}}})")));
  };
  EXPECT_TRUE(with_type(kMaxDependencyTypeBytes).ok());
  EXPECT_THAT(with_type(kMaxDependencyTypeBytes + 1), IsViolation(Violation::kMalformedDependency));
}

TEST(DependenciesTest, PathsAreTheTargetsBusiness) {
  const std::string without = Entry(R"("x": 1)");
  const std::string illegal = Entry(R"("paths": ["/etc/passwd"])");
  EXPECT_THAT(FindDependencies(MakeLink("signing", kTargetId, without, Link::Role::kTarget)),
              IsViolation(Violation::kMalformedDependency));
  EXPECT_THAT(FindDependencies(MakeLink("signing", kTargetId, illegal, Link::Role::kTarget)),
              IsViolation(Violation::kIllegalUpstreamPath));
  for (const std::string& entry : {without, illegal}) {
    const auto dependencies =
        FindDependencies(MakeLink("signing", kTargetId, entry, Link::Role::kUpstream));
    ASSERT_TRUE(dependencies.ok()) << dependencies.status();
    EXPECT_EQ(dependencies->back().type, "build");
  }
}

TEST(DependenciesTest, MalformedInputsAreRefused) {
  for (const std::string_view extra :
       {R"({"chainOfTrust": 1})", R"({"chainOfTrust": {"inputs": []}})",
        R"({"chainOfTrust": {"inputs": {"x": 1}}})",
        R"({"chainOfTrust": {"inputs": {"x": "short"}}})"}) {
    EXPECT_THAT(
        FindDependencies(MakeLink("signing", kTargetId, absl::StrCat(R"({"extra": )", extra, "}"))),
        IsViolation(Violation::kMalformedDependency))
        << extra;
  }
}

TEST(DependenciesTest, ATaskWithoutExtraIsRefused) {
  EXPECT_THAT(FindDependencies(MakeLink("signing", kTargetId, R"({"extra": null})")),
              IsViolation(Violation::kMalformedDependency));
}

}  // namespace
}  // namespace cot
