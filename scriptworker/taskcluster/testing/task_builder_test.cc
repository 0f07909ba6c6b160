// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/task_builder.h"

#include <string_view>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/request_schema.h"

namespace scriptworker::taskcluster {
namespace {

using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::string_view Text(const json::Value& task, std::string_view member) {
  return task.Find(member)->string_value();
}

TEST(TaskBuilderTest, TheSmallestTaskFitsTheSchema) {
  EXPECT_THAT(fake::CheckAgainstSchema("create-task-request", TaskBuilder(kNow).Build()),
              IsEmpty());
}

TEST(TaskBuilderTest, EverySetterFitsTheSchema) {
  const json::Value task = TaskBuilder(kNow)
                               .Queue("p", "w")
                               .Name("a name")
                               .Source("https://example.com/source")
                               .Payload(json::Object{{"a", 1}})
                               .MaxRunTime(absl::Seconds(5))
                               .Scopes({"a:b"})
                               .Dependencies({"JBstYc0jRAKjtILuinpo7g"})
                               .Requires("all-resolved")
                               .TaskGroupId("JBstYc0jRAKjtILuinpo7g")
                               .SchedulerId("me")
                               .Priority("high")
                               .Retries(0)
                               .Deadline(kNow + absl::Hours(2))
                               .Expires(kNow + absl::Hours(3))
                               .Extra(json::Object{{"b", 2}})
                               .Build();
  EXPECT_THAT(fake::CheckAgainstSchema("create-task-request", task), IsEmpty());
  EXPECT_EQ(*task.Find("payload"), json::Value(json::Object{{"a", 1}, {"maxRunTime", 5}}));
  EXPECT_EQ(Text(*task.Find("metadata"), "name"), "a name");
}

TEST(TaskBuilderTest, FreshDatesKeepTheirDistances) {
  const json::Value old =
      *json::Parse(R"({"created":"2026-11-22T15:03:17.403Z","deadline":"2026-11-22T16:03:17.403Z",)"
                   R"("expires":"2026-11-23T15:03:17.403Z","payload":{}})");
  const json::Value fresh = WithFreshDates(old, kNow);
  EXPECT_EQ(Text(fresh, "created"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(Text(fresh, "deadline"), "2023-11-14T23:13:20.000Z");
  EXPECT_EQ(Text(fresh, "expires"), "2023-11-15T22:13:20.000Z");
}

}  // namespace
}  // namespace scriptworker::taskcluster
