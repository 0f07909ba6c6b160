// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/policy.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/chain/tasks_for.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kGood = R"(# line 1
ed25519_public_keys:
  scriptworker: [KO3FX9JnNga/XViTRBiUMHYnji9Fu3s332sU2lXjSwE=]
valid_artifact_rules:
  - {schemes: [https], netlocs: [tc], path_regexes: ['^/(?P<filepath>.*)$']}
scriptworker_provisioners: [prov]
valid_hash_algorithms: [sha256]
project_configuration_url: https://example.com/projects.yml
pushlog_url: '{repo}/{revision}'
products:
  one:
    cot_product_type: github
    valid_decision_worker_pools: [one-1/decision]
    valid_docker_image_worker_pools: [one-1/images]
    trusted_vcs_rules:
      - schemes: [https]
        netlocs: [github.com]
        path_regexes: ['^(?P<path>/o/one)(/|$)']
        require_secret: true
    valid_tasks_for: [github-push, action]
    official_github_repos_owner: o
    prebuilt_docker_image_task_types: [decision]
    source_env_prefix: ONE
    cot_restricted_scopes: {'a:b': repo}
    cot_restricted_trees: {repo: [/o/one]}
source_hosts:
  hg: {host: hg.example, url: 'https://hg.example'}
  github: {host: git.example, url: 'https://git.example', api_url: 'https://git.example/api/v3',
           raw_url: 'http://127.0.0.1:81/raw'}
)";

TEST(LoadPolicyTest, EveryKeyReachesItsField) {
  const absl::StatusOr<LoadedPolicy> loaded = LoadPolicy(kGood, "p.yml");
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, IsEmpty());
  const Policy& policy = loaded->policy;
  EXPECT_EQ(policy.public_keys.at("scriptworker").size(), 1);
  EXPECT_EQ(policy.artifact_rules.size(), 1);
  EXPECT_THAT(policy.scriptworker_provisioners, ElementsAre("prov"));
  EXPECT_THAT(policy.hash_algorithms, ElementsAre(scriptworker::crypto::HashAlgorithm::kSha256));
  EXPECT_EQ(policy.project_configuration_url, "https://example.com/projects.yml");
  EXPECT_EQ(policy.pushlog_url, "{repo}/{revision}");
  EXPECT_EQ(policy.source_hosts.hg_host, "hg.example");
  EXPECT_EQ(policy.source_hosts.hg_url, "https://hg.example");
  EXPECT_EQ(policy.source_hosts.github_host, "git.example");
  EXPECT_EQ(policy.source_hosts.github_url, "https://git.example");
  EXPECT_EQ(policy.source_hosts.github_api_url, "https://git.example/api/v3");
  EXPECT_EQ(policy.source_hosts.github_raw_url, "http://127.0.0.1:81/raw");
  EXPECT_EQ(policy.FindProduct("two"), nullptr);
  const Product* product = policy.FindProduct("one");
  ASSERT_NE(product, nullptr);
  EXPECT_EQ(product->name, "one");
  EXPECT_EQ(product->type, ProductType::kGithub);
  EXPECT_THAT(product->decision_worker_pools, ElementsAre("one-1/decision"));
  EXPECT_THAT(product->docker_image_worker_pools, ElementsAre("one-1/images"));
  ASSERT_EQ(product->trusted_vcs_rules.size(), 1);
  const UrlRule& rule = product->trusted_vcs_rules[0];
  EXPECT_THAT(rule.schemes, ElementsAre("https"));
  EXPECT_THAT(rule.netlocs, ElementsAre("github.com"));
  EXPECT_EQ(rule.path_patterns[0].expression(), "^(?P<path>/o/one)(/|$)");
  EXPECT_TRUE(rule.require_secret);
  EXPECT_THAT(product->tasks_for, ElementsAre(TasksFor::kGithubPush, TasksFor::kAction));
  EXPECT_EQ(product->official_github_owner, "o");
  EXPECT_FALSE(product->prebuilt_docker_images.any_task_type);
  EXPECT_THAT(product->prebuilt_docker_images.task_types, ElementsAre("decision"));
  EXPECT_EQ(product->source_env_prefix, "ONE");
  ASSERT_EQ(product->restricted_scopes.size(), 1);
  EXPECT_EQ(product->restricted_scopes[0].pattern, "a:b");
  EXPECT_EQ(product->restricted_scopes[0].level, "repo");
  EXPECT_THAT(product->restricted_trees.at("repo"), ElementsAre("/o/one"));
}

struct DefectCase {
  std::string_view name;
  std::string_view good;  // a part of kGood ...
  std::string_view bad;   // ... and what replaces it
  std::string_view message;
};

constexpr DefectCase kDefectCases[] = {
    {.name = "NoMapping",
     .good = kGood,
     .bad = "[]",
     .message = "p.yml:1: expected a mapping, found a list"},
    {.name = "NoYaml", .good = kGood, .bad = "a: [", .message = "p.yml:1:"},
    {.name = "DuplicateKey",
     .good = "pushlog_url",
     .bad = "valid_hash_algorithms",
     .message = "p.yml:9:"},
    {.name = "UnknownKey",
     .good = "pushlog_url",
     .bad = "pushlog_uri",
     .message = "p.yml:9: pushlog_uri: unknown key"},
    {.name = "AbsentKey",
     .good = "pushlog_url",
     .bad = "pushlog_uri",
     .message = "p.yml:2: the key pushlog_url is missing"},
    {.name = "UnknownProductKey",
     .good = "source_env_prefix",
     .bad = "source_env_suffix",
     .message = "p.yml:23: products.one.source_env_suffix: unknown key"},
    {.name = "AbsentProductKey",
     .good = "source_env_prefix",
     .bad = "source_env_suffix",
     .message = "p.yml:11: products.one: the key source_env_prefix is missing"},
    {.name = "ProductsOfAnotherType",
     .good = kGood.substr(kGood.find("products:")),
     .bad = "products: []",
     .message = "p.yml:10: products: expected a mapping, found a list"},
    {.name = "SourceHostsOfAnotherType",
     .good = kGood.substr(kGood.find("source_hosts:")),
     .bad = "source_hosts: github.com",
     .message = "p.yml:26: source_hosts: expected a mapping with hg and github, found a string"},
    {.name = "NoHg",
     .good = "  hg: {host: hg.example, url: 'https://hg.example'}\n",
     .bad = "",
     .message = "p.yml:26: source_hosts: the key hg is missing"},
    {.name = "AnUnknownServer",
     .good = "  hg: {",
     .bad = "  cvs: {",
     .message = "p.yml:27: source_hosts.cvs: unknown key; expected hg and github"},
    {.name = "NoApi",
     .good = "api_url",
     .bad = "apiurl",
     .message = "p.yml:28: source_hosts.github.apiurl: unknown key"},
    {.name = "NoApiUrl",
     .good = "api_url",
     .bad = "apiurl",
     .message = "p.yml:28: source_hosts.github: the key api_url is missing"},
    {.name = "ServerWithSlash",
     .good = "url: 'https://hg.example'",
     .bad = "url: 'https://hg.example/'",
     .message = "p.yml:27: source_hosts.hg.url: expected a URL without query and without / at "
                "its end"},
    {.name = "ServerOfNoHttp",
     .good = "url: 'https://hg.example'",
     .bad = "url: 'ssh://hg.example'",
     .message = "p.yml:27: source_hosts.hg.url:"},
    {.name = "KeyOfWrongLength",
     .good = "KO3FX9JnNga/XViTRBiUMHYnji9Fu3s332sU2lXjSwE=",
     .bad = "KO3FX9JnNga/XViTRBiUMHYnji9Fu3s332sU2lXjSw==",
     .message = "p.yml:3: ed25519_public_keys.scriptworker[0]: no Ed25519 "
                "public key: expected 32 bytes, found 31"},
    {.name = "KeyOfSmallOrder",
     .good = "KO3FX9JnNga/XViTRBiUMHYnji9Fu3s332sU2lXjSwE=",
     .bad = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
     .message = "p.yml:3: ed25519_public_keys.scriptworker[0]: no Ed25519 "
                "public key"},
    {.name = "KeyOfAnotherType",
     .good = "[KO3FX9JnNga/XViTRBiUMHYnji9Fu3s332sU2lXjSwE=]",
     .bad = "KO3FX9JnNga/XViTRBiUMHYnji9Fu3s332sU2lXjSwE=",
     .message = "p.yml:3: ed25519_public_keys.scriptworker: expected a list "
                "of keys, found a string"},
    {.name = "PatternThatDoesNotCompile",
     .good = "(?P<filepath>.*)$",
     .bad = "(?P<filepath>.*$",
     .message = "p.yml:5: valid_artifact_rules[0].path_regexes[0]: the "
                "regular expression"},
    {.name = "PatternThatRe2CannotDo",
     .good = "(?P<path>/o/one)(/|$)",
     .bad = "(?P<path>/o/(?!two).*)(/|$)",
     .message = "p.yml:18: products.one.trusted_vcs_rules[0].path_regexes[0]: "},
    {.name = "ArtifactRuleWithoutFilepath",
     .good = "(?P<filepath>.*)$",
     .bad = "(?P<file>.*)$",
     .message = "has no group (?P<filepath>...)"},
    {.name = "VcsRuleWithoutPath",
     .good = "(?P<path>/o/one)(/|$)",
     .bad = "(/o/one)(/|$)",
     .message = "has no group (?P<path>...)"},
    {.name = "RuleWithAnUnknownKey",
     .good = "require_secret",
     .bad = "require_secrets",
     .message = "p.yml:19: products.one.trusted_vcs_rules[0].require_secrets: "
                "unknown key"},
    {.name = "RuleWithoutAHost",
     .good = "netlocs: [tc], ",
     .bad = "",
     .message = "p.yml:5: valid_artifact_rules[0]: the rule has no netlocs"},
    {.name = "RuleOfAnotherType",
     .good = "{schemes: [https], netlocs: [tc], path_regexes: "
             "['^/(?P<filepath>.*)$']}",
     .bad = "https",
     .message = "p.yml:5: valid_artifact_rules[0]: expected a rule"},
    {.name = "UnknownHashAlgorithm",
     .good = "[sha256]",
     .bad = "[sha256, md5]",
     .message = "p.yml:7: valid_hash_algorithms[1]: expected sha256 or sha512, "
                "found \"md5\""},
    {.name = "UnknownProductType",
     .good = "cot_product_type: github",
     .bad = "cot_product_type: svn",
     .message = "p.yml:12: products.one.cot_product_type: expected hg or "
                "github, found \"svn\""},
    {.name = "PoolWithoutWorkerType",
     .good = "one-1/decision",
     .bad = "one-1",
     .message = "p.yml:13: products.one.valid_decision_worker_pools[0]: "
                "expected PROVISIONER/WORKER-TYPE, found \"one-1\""},
    {.name = "UnknownTasksFor",
     .good = "github-push",
     .bad = "github-pull",
     .message = "p.yml:20: products.one.valid_tasks_for[0]: expected one of"},
    {.name = "PrebuiltImagesForSomethingElse",
     .good = "prebuilt_docker_image_task_types: [decision]",
     .bad = "prebuilt_docker_image_task_types: all",
     .message = "expected any or a list of task types, found \"all\""},
    {.name = "ScopeWithoutTrees",
     .good = "{'a:b': repo}",
     .bad = "{'a:b': repos}",
     .message = "p.yml:24: products.one.cot_restricted_scopes[\"a:b\"]: "
                "cot_restricted_trees has no \"repos\""},
    {.name = "TreeThatIsNoPath",
     .good = "[/o/one]",
     .bad = "[o/one]",
     .message = "p.yml:25: products.one.cot_restricted_trees.repo[0]: a "
                "repository path begins with /, found \"o/one\""},
    {.name = "StringOfAnotherType",
     .good = "source_env_prefix: ONE",
     .bad = "source_env_prefix: 1",
     .message = "p.yml:23: products.one.source_env_prefix: expected a string, "
                "found an integer"},
};

TEST(LoadPolicyTest, EachDefectIsReportedWithFileLineAndKey) {
  for (const DefectCase& c : kDefectCases) {
    const std::string text = absl::StrReplaceAll(kGood, {{c.good, c.bad}});
    ASSERT_NE(text, kGood) << c.name;
    const absl::StatusOr<LoadedPolicy> loaded = LoadPolicy(text, "p.yml");
    EXPECT_THAT(loaded, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.name << "\n"
        << loaded.status().message();
  }
}

TEST(LoadPolicyTest, AllDefectsAreReportedAtOnceInTheOrderOfTheFile) {
  const std::string text =
      absl::StrReplaceAll(kGood, {{"[sha256]", "[crc32]"}, {"one-1/", "one-1"}, {": ONE", ": []"}});
  EXPECT_THAT(LoadPolicy(text, "p.yml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::MatchesRegex("p.yml:7: valid_hash_algorithms[^\n]*\n"
                                             "p.yml:13: products[^\n]*decision[^\n]*\n"
                                             "p.yml:14: products[^\n]*images[^\n]*\n"
                                             "p.yml:23: products[^\n]*source_env_prefix[^\n]*")));
}

TEST(LoadPolicyTest, OverlappingRestrictedScopesAreAWarning) {
  const std::string text =
      absl::StrReplaceAll(kGood, {{"{'a:b': repo}", "{'a:b': repo, 'a:*': repo}"}});
  const absl::StatusOr<LoadedPolicy> loaded = LoadPolicy(text, "p.yml");
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, ElementsAre(AllOf(HasSubstr("p.yml: product one: "),
                                                  HasSubstr("\"a:b\" and \"a:*\" overlap"))));
}

TEST(LoadPolicyTest, KeysOfAWorkerImplementationThatNoTaskCanHaveAreAWarning) {
  const std::string text = absl::StrReplaceAll(kGood, {{"  scriptworker: [", "  scriptwroker: ["}});
  const absl::StatusOr<LoadedPolicy> loaded = LoadPolicy(text, "p.yml");
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings,
              ElementsAre(HasSubstr("p.yml: ed25519_public_keys: \"scriptwroker\" is no worker")));
}

TEST(LoadPolicyTest, PrebuiltImagesMayBeAllowedForAnyTask) {
  const absl::StatusOr<LoadedPolicy> loaded =
      LoadPolicy(absl::StrReplaceAll(kGood, {{"types: [decision]", "types: any"}}), "p.yml");
  ASSERT_THAT(loaded, IsOk());
  EXPECT_TRUE(loaded->policy.FindProduct("one")->prebuilt_docker_images.any_task_type);
}

}  // namespace
}  // namespace cot
