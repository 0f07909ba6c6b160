// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/sandbox_config.h"

#include <sys/resource.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/policy/document_part.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"

namespace scriptworker::worker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Result {
  SandboxConfig config;
  std::string defects;  // "POINTER: sentence", joined by newlines
};

Result Read(std::string_view text) {
  std::vector<std::string> defects;
  const auto report = [&](std::string_view pointer, std::string sentence) {
    defects.push_back(absl::StrCat(pointer, ": ", sentence));
  };
  const json::Value value = json::Parse(text).value();
  const auto absolute = [](std::string_view path) {
    return path.starts_with('/') ? std::string(path) : absl::StrCat("/here/", path);
  };
  SandboxConfig config = ReadSandboxConfig(cot::DocumentPart(value, report), absolute);
  return {std::move(config), absl::StrJoin(defects, "\n")};
}

TEST(SandboxConfigTest, EverythingIsOffByDefault) {
  const Result result = Read("{}");
  EXPECT_EQ(result.defects, "");
  EXPECT_FALSE(result.config.required);
  EXPECT_FALSE(result.config.landlock);
  EXPECT_FALSE(result.config.no_new_privs);
  EXPECT_EQ(result.config.script_user, "");
  EXPECT_THAT(result.config.rlimits, IsEmpty());
}

TEST(SandboxConfigTest, ReadsEveryKey) {
  const Result result = Read(
      R"({"required": true, "landlock": true, "no_new_privs": true, "script_user": "nobody",
          "writable": ["/tmp", "cache"], "hidden": ["/etc/other"],
          "rlimits": {"nofile": 1024, "core": 0}})");
  EXPECT_EQ(result.defects, "");
  EXPECT_TRUE(result.config.required);
  EXPECT_TRUE(result.config.landlock);
  EXPECT_TRUE(result.config.no_new_privs);
  EXPECT_EQ(result.config.script_user, "nobody");
  EXPECT_THAT(result.config.writable, ElementsAre("/tmp", "/here/cache"));
  EXPECT_THAT(result.config.hidden, ElementsAre("/etc/other"));
  ASSERT_EQ(result.config.rlimits.size(), 2u);
  EXPECT_EQ(result.config.rlimits[0].resource, RLIMIT_NOFILE);
  EXPECT_EQ(result.config.rlimits[0].value, 1024u);
  EXPECT_EQ(result.config.rlimits[1].resource, RLIMIT_CORE);
  EXPECT_EQ(result.config.rlimits[1].value, 0u);
}

TEST(SandboxConfigTest, AUserMayBeANumber) {
  EXPECT_EQ(Read(R"({"script_user": 65534})").config.script_user, "65534");
}

TEST(SandboxConfigTest, EveryLimitHasItsName) {
  const Result result = Read(
      R"({"rlimits": {"as": 1, "core": 2, "cpu": 3, "data": 4, "fsize": 5, "memlock": 6,
                      "nproc": 7, "nofile": 8, "stack": 9}})");
  EXPECT_EQ(result.defects, "");
  EXPECT_EQ(result.config.rlimits.size(), 9u);
}

struct DefectCase {
  std::string_view text, defect;
};

TEST(SandboxConfigTest, WhateverIsWrongIsNamedWithItsPlace) {
  const DefectCase cases[] = {
      {R"([])", ": expected a mapping, found a list"},
      {R"({"sandbox": true})", "/sandbox: unknown key"},
      {R"({"landlock": "yes"})", "/landlock: expected"},
      {R"({"required": 1})", "/required: expected"},
      {R"({"landlock": true, "writable": "/tmp"})", "/writable: expected"},
      {R"({"landlock": true, "writable": [""]})", "/writable: a path must not be empty"},
      {R"({"landlock": true, "hidden": [1]})", "/hidden/0: expected"},
      {R"({"writable": ["/tmp"]})", ": writable and hidden have no effect without landlock"},
      {R"({"script_user": ""})", "/script_user: must not be empty"},
      {R"({"script_user": []})", "/script_user: expected"},
      {R"({"rlimits": 5})", "/rlimits: expected a mapping of limits"},
      {R"({"rlimits": {"files": 5}})", "/rlimits/files: unknown limit"},
      {R"({"rlimits": {"nofile": -1}})", "/rlimits/nofile: must be at least 0, found -1"},
      {R"({"rlimits": {"nofile": 9999999999999999999}})",
       "/rlimits/nofile: must be at most 9223372036854775807, found 9999999999999999999"},
      {R"({"rlimits": {"nofile": "5"}})", "/rlimits/nofile: expected an integer, found a string"},
      {R"({"rlimits": {"nofile": 1.5}})", "/rlimits/nofile: expected an integer, found a number"},
  };
  for (const DefectCase& c : cases)
    EXPECT_THAT(Read(c.text).defects, HasSubstr(c.defect)) << c.text;
}

}  // namespace
}  // namespace scriptworker::worker
