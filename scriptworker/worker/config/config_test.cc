// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/config.h"

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "cot/policy/policy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/base/testing/test_file.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::worker {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::scriptworker::taskcluster::ExceptionReason;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr std::string_view kSeed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

// A folder with a configuration file, c.yml, and what it names.
class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    chmod(dir_.Write("key", kSeed).c_str(), 0600);
    options_.working_directory = dir_.path();
  }

  // A good file of 8 lines, then the test's own.
  static constexpr int kFirstOwnLine = 9;
  std::string Good(std::string_view lines = "") const {
    return absl::StrCat("credentials:\n",           //
                        "  clientId: me\n",         //
                        "  accessToken: s3cret\n",  //
                        "work_dir: w\n",            //
                        "artifact_dir: a\n",        //
                        "task_log_dir: a/l\n",      //
                        "log_dir: l\n",             //
                        "ed25519_private_key_path: key\n", lines);
  }
  std::string WithoutCredentials() const { return Good().substr(Good().find("work_dir")); }

  absl::StatusOr<LoadedConfig> Load(std::string_view text) {
    chmod(dir_.Write("c.yml", text).c_str(), 0600);
    return LoadConfig("c.yml", environment_, options_);
  }

  absl::StatusOr<LoadedConfig> LoadTestFile(std::string_view name) {
    return LoadConfig(TestFilePath(absl::StrCat("testdata/config/", name)), environment_, options_);
  }

  TempDir dir_;
  TempDir home_;
  Environment environment_{Environment::Variables{{"HOME", home_.path()}}};
  LoadOptions options_;
};

TEST_F(ConfigTest, DefaultsAreTheReferences) {
  const absl::StatusOr<LoadedConfig> loaded = Load(Good());
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, IsEmpty());
  const Config& config = loaded->config;
  EXPECT_EQ(config.queue.root_url, "https://firefox-ci-tc.services.mozilla.com/");
  EXPECT_EQ(config.directories.state_dir, dir_.Path("w.state"));
  EXPECT_TRUE(config.directories.state_dir_is_default);
  EXPECT_EQ(config.queue.task_queue_id(), "test-dummy-provisioner/dummy-worker-myname");
  EXPECT_EQ(config.queue.worker_group, "test-dummy-workers");
  EXPECT_EQ(config.queue.worker_id, "dummy-worker-myname1");
  EXPECT_EQ(config.timeouts.task_max_timeout, absl::Minutes(20));
  EXPECT_EQ(config.timeouts.reclaim_interval, absl::Minutes(5));
  EXPECT_EQ(config.timeouts.poll_interval, absl::Seconds(10));
  EXPECT_EQ(config.timeouts.artifact_upload_timeout, absl::Minutes(20));
  EXPECT_EQ(config.timeouts.shutdown_grace, absl::InfiniteDuration());
  EXPECT_THAT(config.script.argv, ElementsAre("bash", "-c", "echo foo && sleep 19 && exit 1"));
  EXPECT_THAT(config.script.reversed_statuses,
              ElementsAre(Pair(241, ExceptionReason::kIntermittentTask),
                          Pair(245, ExceptionReason::kIntermittentTask)));
  EXPECT_TRUE(config.signing.sign_chain_of_trust);
  EXPECT_FALSE(config.verification.verify_chain_of_trust);
  EXPECT_EQ(config.verification.max_concurrent_downloads, 32);
  EXPECT_EQ(config.verification.cot_product, std::nullopt);
  EXPECT_THAT(config.policy->products, Contains(Key("firefox")));
  EXPECT_EQ(loaded->credentials.client_id, "me");
  EXPECT_EQ(loaded->credentials.access_token.reveal(), "s3cret");
}

TEST_F(ConfigTest, AnEmptyStateDirMeansNoJournal) {
  const absl::StatusOr<LoadedConfig> loaded = Load(Good("state_dir: ''\n"));
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->config.directories.state_dir, "");
  EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST_F(ConfigTest, StateDirIsAFolderOfItsOwn) {
  for (const std::string_view dir : {"w", "a", "a/l", "l", "w/state", "l/a/b", ".", "a/../l/"}) {
    EXPECT_THAT(Load(Good(absl::StrCat("state_dir: ", dir, "\n"))),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("state_dir: must be a folder of its own, but overlaps")))
        << dir;
  }
  EXPECT_THAT(Load(Good("state_dir: work\n")), IsOk());
}

TEST_F(ConfigTest, ADefaultStateDirThatOverlapsIsAWarning) {
  const absl::StatusOr<LoadedConfig> loaded =
      Load(absl::StrReplaceAll(Good(), {{"work_dir: w\n", "work_dir: l/w\n"}}));
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->config.directories.state_dir, "");
  EXPECT_THAT(loaded->warnings, ElementsAre(HasSubstr("no run journal is kept")));
}

TEST_F(ConfigTest, EveryKeyReachesItsField) {
  // A copy that others cannot read: it is strict.
  const absl::StatusOr<LoadedConfig> loaded = Load(ReadTestFile("testdata/config/full.yaml"));
  ASSERT_THAT(loaded, IsOk());
  const Config& c = loaded->config;
  EXPECT_EQ(c.queue.root_url, "https://tc.example.com");
  EXPECT_EQ(c.queue.task_queue_id(), "a-provisioner/a-type");
  EXPECT_EQ(c.queue.worker_group, "a-group");
  EXPECT_EQ(c.queue.worker_id, "an-id");
  EXPECT_EQ(c.worker_management.provider, "a-provider");
  EXPECT_EQ(c.worker_management.secret_path, dir_.Path("keys/secret"));
  EXPECT_TRUE(c.worker_management.remove_on_shutdown);
  EXPECT_EQ(loaded->credentials.client_id, "");
  EXPECT_EQ(c.directories.work_dir, dir_.Path("work"));
  EXPECT_EQ(c.directories.artifact_dir, "/nonexistent/artifacts");
  EXPECT_EQ(c.directories.task_log_dir, "/nonexistent/artifacts/public/logs");
  EXPECT_EQ(c.directories.log_dir, "/nonexistent/log");
  EXPECT_EQ(c.directories.state_dir, dir_.Path("state"));
  EXPECT_FALSE(c.directories.state_dir_is_default);
  EXPECT_THAT(c.script.argv, ElementsAre("python3", "script.py"));
  EXPECT_EQ(c.script.task_max_timeout_status, 2);
  EXPECT_TRUE(c.script.environment.clean);
  EXPECT_THAT(c.script.environment.allowed, ElementsAre("PATH", "MY_*"));
  EXPECT_TRUE(c.sandbox.required);
  EXPECT_THAT(c.sandbox.writable, ElementsAre(dir_.Path("cache")));
  EXPECT_EQ(c.sandbox.script_user, "nobody");
  EXPECT_THAT(c.script.reversed_statuses,
              ElementsAre(Pair(-15, ExceptionReason::kWorkerShutdown),
                          Pair(42, ExceptionReason::kResourceUnavailable)));
  EXPECT_EQ(c.timeouts.task_max_timeout, absl::Seconds(1));
  EXPECT_EQ(c.timeouts.poll_interval, absl::Seconds(3));
  EXPECT_EQ(c.timeouts.reclaim_interval, absl::Seconds(4));
  EXPECT_EQ(c.timeouts.artifact_upload_timeout, absl::Seconds(6));
  EXPECT_EQ(c.timeouts.shutdown_grace, absl::Seconds(7));
  EXPECT_FALSE(c.logging.verbose);
  EXPECT_EQ(c.logging.format, "%(message)s");
  EXPECT_EQ(c.logging.date_format, "%H");
  EXPECT_EQ(c.logging.max_bytes, 10000000000);
  EXPECT_EQ(c.logging.max_backups, 7);
  EXPECT_TRUE(c.logging.watch_log_file);
  EXPECT_TRUE(c.logging.json);
  EXPECT_EQ(c.watching.status_socket, "/run/scriptworker/status");
  EXPECT_EQ(c.watching.health_address, "127.0.0.1:8080");
  EXPECT_FALSE(c.signing.sign_chain_of_trust);
  EXPECT_EQ(c.signing.private_key_path, dir_.Path("keys/private"));
  EXPECT_EQ(c.signing.hash_algorithm, crypto::HashAlgorithm::kSha512);
  EXPECT_EQ(c.signing.schema_path, dir_.Path("schemas/cot.json"));
  EXPECT_TRUE(c.verification.verify_chain_of_trust);
  EXPECT_TRUE(c.verification.verify_cot_signature);
  EXPECT_EQ(c.verification.cot_job_type, "signing");
  EXPECT_THAT(c.verification.cot_product, Optional(std::string("mobile")));
  EXPECT_EQ(c.verification.max_chain_length, 8);
  EXPECT_EQ(c.verification.max_concurrent_downloads, 9);
  EXPECT_EQ(c.verification.github_oauth_token.reveal(), "a-github-token");
  EXPECT_EQ(c.network.ca_bundle, dir_.Path("ca.pem"));
  EXPECT_THAT(c.network.artifact_redirect_hosts, ElementsAre("bucket.example.com"));
  EXPECT_TRUE(c.network.refuse_private_addresses);

  EXPECT_THAT(c.policy->public_keys, ElementsAre(Key("docker-worker")));
  EXPECT_THAT(c.policy->artifact_rules[0].netlocs, ElementsAre("tc.example.com"));
  EXPECT_THAT(c.policy->scriptworker_provisioners, ElementsAre("a-provisioner"));
  EXPECT_THAT(c.policy->hash_algorithms, ElementsAre(crypto::HashAlgorithm::kSha512));
  EXPECT_EQ(c.policy->project_configuration_url, "https://example.com/projects.yml");
  EXPECT_EQ(c.policy->pushlog_url, "{repo}/{revision}");
  EXPECT_EQ(c.policy->source_hosts.github_api_url, "https://git.example/api");
  ASSERT_TRUE(c.verification.cot_product.has_value());
  const cot::Product* product = c.policy->FindProduct(*c.verification.cot_product);
  ASSERT_NE(product, nullptr);
  EXPECT_EQ(product->name, "mobile");
  EXPECT_EQ(product->type, cot::ProductType::kHg);
  EXPECT_EQ(product->official_github_owner, "an-owner");
  EXPECT_EQ(product->source_env_prefix, "PREFIX");
  EXPECT_THAT(product->trusted_vcs_rules[0].netlocs, ElementsAre("vcs.example.com"));
  EXPECT_THAT(product->tasks_for, ElementsAre(cot::TasksFor::kPrAction));
  EXPECT_THAT(product->decision_worker_pools, ElementsAre("a/decision"));
  EXPECT_THAT(product->docker_image_worker_pools, ElementsAre("a/images"));
  EXPECT_TRUE(product->prebuilt_docker_images.any_task_type);
  EXPECT_EQ(product->restricted_scopes[0].pattern, "a:scope");
  EXPECT_THAT(product->restricted_trees, ElementsAre(Key("a-level")));
}

TEST_F(ConfigTest, TheReferencesTestFilesDoAsThere) {
  const absl::StatusOr<LoadedConfig> good = LoadTestFile("good.json");
  ASSERT_THAT(good, IsOk());
  EXPECT_EQ(good->config.directories.work_dir, "/nonexistent/work");
  EXPECT_TRUE(good->credentials.certificate.has_value());

  EXPECT_THAT(LoadTestFile("no_creds.json"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no_creds.json: credentials: must be set")));
  environment_.Set("TASKCLUSTER_CLIENT_ID", "id");
  environment_.Set("TASKCLUSTER_ACCESS_TOKEN", "token");
  const absl::StatusOr<LoadedConfig> no_creds = LoadTestFile("no_creds.json");
  ASSERT_THAT(no_creds, IsOk());
  EXPECT_EQ(no_creds->credentials.client_id, "id");

  EXPECT_THAT(LoadTestFile("bad.json"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("bad.json:1: credentials: "),
                             HasSubstr("bad.json: work_dir: must be set"))));
}

struct DefectCase {
  std::string_view name;
  std::string_view lines;
  std::string_view message;  // behind "c.yml:9: "
};

constexpr DefectCase kDefectCases[] = {
    {.name = "RootUrlThatIsNone",
     .lines = "taskcluster_root_url: tc.example.com",
     .message = "taskcluster_root_url: "},
    {.name = "ScriptWithoutProgram",
     .lines = "task_script: []",
     .message = "task_script: must name a program"},
    {.name = "ScriptWithAnEmptyProgram",
     .lines = "task_script: ['']",
     .message = "task_script: must name a program"},
    {.name = "ScriptWithANumber",
     .lines = "task_script: [sleep, 5]",
     .message = "task_script[1]: expected a string, found an integer"},
    {.name = "ReversedStatusThatIsNoCode",
     .lines = "reversed_statuses: {a: intermittent-task}",
     .message = "reversed_statuses.a: the key is to be an exit code"},
    {.name = "ReversedStatusThatIsNoReason",
     .lines = "reversed_statuses: {42: success}",
     .message = "reversed_statuses[42]: expected one of worker-shutdown, "
                "malformed-payload, resource-unavailable, internal-error, "
                "superseded, intermittent-task; found \"success\""},
    {.name = "HashThatIsNotKnown",
     .lines = "chain_of_trust_hash_algorithm: md5",
     .message = "chain_of_trust_hash_algorithm: expected sha256 or sha512, "
                "found \"md5\""},
    {.name = "LogFormatThatIsNotKnown",
     .lines = "log_format: xml",
     .message = "log_format: expected text or json, found \"xml\""},
    {.name = "ProviderWithoutItsSecret",
     .lines = "worker_manager_provider: static",
     .message = "worker_manager_provider: worker_manager_provider and worker_manager_secret_path "
                "need each other"},
    {.name = "SecretWithoutItsProvider",
     .lines = "worker_manager_secret_path: /s",
     .message = "worker_manager_secret_path: worker_manager_provider and "},
    {.name = "ProviderBesideCredentials",
     .lines = "worker_manager_provider: static\nworker_manager_secret_path: /s",
     .message = "worker_manager_provider: gives out what `credentials` sets"},
    {.name = "RemovalWithoutAProvider",
     .lines = "worker_manager_remove_on_shutdown: true",
     .message = "worker_manager_remove_on_shutdown: has no effect without"},
    {.name = "SocketWithTooLongAName",
     .lines = "status_socket: /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
     .message = "status_socket: a Unix socket needs an absolute path of at most 107 bytes"},
    {.name = "HealthAddressWithAName",
     .lines = "health_address: localhost:80",
     .message = "health_address: expected IPV4:PORT, [IPV6]:PORT or PORT, with a port from 1 to "
                "65535, such as 127.0.0.1:8080; found \"localhost:80\""},
    {.name = "HealthAddressThatNobodyKnows",
     .lines = "health_address: '0'",
     .message = "health_address: expected IPV4:PORT"},
    {.name = "HostWithAScheme",
     .lines = "artifact_redirect_hosts: [a.example.com, 'https://x.example.com']",
     .message = "artifact_redirect_hosts[1]: expected a host in lower case"},
    {.name = "LogFieldThatIsNotKnown",
     .lines = "log_fmt: '%(foo)s'",
     .message = "log_fmt: log format \"%(foo)s\": unknown field at \"%(foo)s\""},
    {.name = "LogFieldThatIsNoNumber",
     .lines = "log_fmt: '%(message)d'\nlog_format: json",
     .message = "log_fmt: log format \"%(message)d\": "},
    {.name = "HostThatIsNoString",
     .lines = "artifact_redirect_hosts: [1]",
     .message = "artifact_redirect_hosts[0]: expected a string"},
    {.name = "KeyOfSmallOrder",
     .lines = "ed25519_public_keys: {docker-worker: "
              "[AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=]}",
     .message = "ed25519_public_keys.docker-worker[0]: no Ed25519 public key"},
    {.name = "PatternThatDoesNotCompile",
     .lines = "valid_artifact_rules: [{schemes: [https], netlocs: [h], "
              "path_regexes: ['(?P<filepath>']}]",
     .message = "valid_artifact_rules[0].path_regexes[0]: the regular"},
    {.name = "ProductsKeyWithoutProduct",
     .lines = "source_env_prefix: X",
     .message = "source_env_prefix: needs cot_product, whose value it "
                "replaces"},
    {.name = "ProductThatThePolicyDoesNotHave",
     .lines = "cot_product: fenix",
     .message = "cot_product: the policy firefox-ci.yml has no product "
                "\"fenix\"; to define it, this file needs cot_product_type, "
                "valid_decision_worker_pools,"},
    {.name = "ListForAStringInTheProduct",
     .lines = "prebuilt_docker_image_task_types: [decision]\n"
              "cot_product: mobile",
     .message = "prebuilt_docker_image_task_types: expected a string, as "
                "firefox-ci.yml has for mobile"},
    {.name = "StringForAListInTheProduct",
     .lines = "prebuilt_docker_image_task_types: any\ncot_product: firefox",
     .message = "prebuilt_docker_image_task_types: expected a list, as "
                "firefox-ci.yml has for firefox"},
    {.name = "ScopeWhoseTreesAreMissing",
     .lines = "cot_restricted_scopes: {a: nowhere}\ncot_product: firefox",
     .message = "cot_restricted_scopes.a: cot_restricted_trees has no "
                "\"nowhere\""},
    {.name = "TreesThatMissAScopesLevel",
     .lines = "cot_restricted_trees: {}\ncot_product: glean",
     .message = "cot_restricted_trees: cot_restricted_scopes[\"project:mozilla:"
                "glean:releng:beetmover:bucket:maven-production\"]: "
                "cot_restricted_trees has no \"glean-repo\""},
    {.name = "VerificationWithoutProduct",
     .lines = "verify_chain_of_trust: true",
     .message = "verify_chain_of_trust: cannot be true while cot_product is "
                "not set"},
    {.name = "DuplicateKey", .lines = "log_dir: /x", .message = ""},
};

TEST_F(ConfigTest, EachDefectIsReportedWithFileLineAndKey) {
  for (const DefectCase& c : kDefectCases) {
    EXPECT_THAT(Load(Good(c.lines)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith(absl::StrCat("c.yml:", kFirstOwnLine, ":",
                                                 c.message.empty() ? "" : " ", c.message))))
        << c.name;
  }
}

TEST_F(ConfigTest, AllDefectsOfAllFilesAreReportedAtOnce) {
  dir_.Write("p.yml", "products: []\n");
  const absl::StatusOr<LoadedConfig> loaded = Load(
      "credentials: {clientId: me}\n"
      "poll_interval: x\n"
      "task_script: []\n"
      "cot_policy_path: p.yml\n"
      "wrong: 1\n");
  ASSERT_FALSE(loaded.ok());
  const std::string message(loaded.status().message());
  for (std::string_view part :
       {"c.yml:1: credentials: ", "c.yml:2: poll_interval: ", "c.yml:3: task_script: ",
        "/p.yml:1: products: ", "c.yml:5: wrong: ", "c.yml: work_dir: must be set",
        "c.yml: log_dir: must be set"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST_F(ConfigTest, AMissingFileIsNamed) {
  EXPECT_THAT(LoadConfig("absent.yaml", environment_, options_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent.yaml")));
}

TEST_F(ConfigTest, WhatCrashesTheReferenceIsAMessage) {
  for (std::string_view text : {"", "[]", "text", "a: [", "\t", "a: *x"}) {
    EXPECT_THAT(Load(text), StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("c.yml:")))
        << text;
  }
}

TEST_F(ConfigTest, RelativePathsStartFromWhereBazelRunWasCalled) {
  const TempDir elsewhere;
  environment_.Set("BUILD_WORKING_DIRECTORY", dir_.path());
  options_.working_directory = elsewhere.path();
  const absl::StatusOr<LoadedConfig> loaded = Load(Good());
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->config.file, dir_.Path("c.yml"));
  EXPECT_EQ(loaded->config.directories.work_dir, dir_.Path("w"));
}

struct CredentialsCase {
  std::string_view name;
  std::string_view yaml;
  std::string_view message;
};

constexpr CredentialsCase kCredentialsCases[] = {
    {.name = "List", .yaml = "[blah]", .message = "c.yml:1: credentials: "},
    {.name = "WithoutToken", .yaml = "{clientId: me}", .message = "c.yml:1: credentials: "},
    {.name = "TokenOfAnotherType",
     .yaml = "{clientId: me, accessToken: 5}",
     .message = "c.yml:1: credentials.accessToken: "},
    {.name = "Placeholder",
     .yaml = "{clientId: '...', accessToken: x}",
     .message = "c.yml:1: credentials.clientId: must be set, found the placeholder \"...\""},
    {.name = "PlaceholderForTheToken",
     .yaml = "{clientId: s3cret, accessToken: '...'}",
     .message = "c.yml:1: credentials.accessToken: must be set, found the placeholder \"...\""},
    {.name = "EmptyToken",
     .yaml = "{clientId: me, accessToken: ''}",
     .message = "c.yml:1: credentials.accessToken: "},
    {.name = "CertificateThatIsNoJson",
     .yaml = "{clientId: me, accessToken: s3cret, certificate: s3cret}",
     .message = "c.yml:1: credentials.certificate: "},
    {.name = "PlaceholderForAll", .yaml = "'...'", .message = "c.yml:1: credentials: must be set"},
    {.name = "Null", .yaml = "null", .message = "c.yml: credentials: must be"},
};

TEST_F(ConfigTest, EachMemberOfTheCredentialsThatIsWrongIsNamed) {
  const auto loaded = Load("credentials: {clientId: 5, accessToken: '...', certificate: s3cret}\n" +
                           WithoutCredentials());
  EXPECT_THAT(loaded, StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("c.yml:1: credentials.clientId: expected a string"),
                                     HasSubstr("c.yml:1: credentials.accessToken: must be set"),
                                     HasSubstr("c.yml:1: credentials.certificate: "),
                                     Not(HasSubstr("s3cret")))));
}

TEST_F(ConfigTest, CredentialsOfAnotherShapeAreRefusedAndNotQuoted) {
  for (const CredentialsCase& c : kCredentialsCases) {
    const absl::StatusOr<LoadedConfig> loaded =
        Load(absl::StrCat("credentials: ", c.yaml, "\n", WithoutCredentials()));
    EXPECT_THAT(loaded, StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(c.message)))
        << c.name;
    EXPECT_THAT(loaded.status().message(), Not(HasSubstr("s3cret"))) << c.name;
  }
}

TEST_F(ConfigTest, ABrokenFileOfSecretsIsNamed) {
  dir_.Write("secrets.json", "{");
  EXPECT_THAT(Load(WithoutCredentials()),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(dir_.Path("secrets.json:"))));
}

TEST_F(ConfigTest, ANewProductIsDefinedByAllItsKeys) {
  const absl::StatusOr<LoadedConfig> loaded =
      Load(Good("cot_product: fenix\n"
                "cot_product_type: github\n"
                "valid_decision_worker_pools: [fenix/decision]\n"
                "valid_docker_image_worker_pools: []\n"
                "trusted_vcs_rules: []\n"
                "valid_tasks_for: [cron]\n"
                "official_github_repos_owner: mozilla\n"
                "cot_restricted_scopes: {}\n"
                "cot_restricted_trees: {}\n"
                "prebuilt_docker_image_task_types: {by-cot-product: {fenix: any}}\n"
                "source_env_prefix: FENIX\n"));
  ASSERT_THAT(loaded, IsOk());
  const cot::Product* product =
      loaded->config.policy->FindProduct(loaded->config.verification.cot_product.value());
  ASSERT_NE(product, nullptr);
  EXPECT_EQ(product->source_env_prefix, "FENIX");
}

TEST_F(ConfigTest, APolicyOfOnesOwnReplacesTheBuiltInOne) {
  const std::string built_in = ReadTestFile("cot/policy/firefox-ci.yml");
  dir_.Write("p.yml",
             absl::StrCat(built_in.substr(0, built_in.find("products:")), "products: {}\n"));
  const auto loaded = Load(Good("cot_policy_path: p.yml\n"));
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->config.policy->products, IsEmpty());
  EXPECT_THAT(Load(Good("cot_policy_path: absent.yml\n")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("c.yml:9: cot_policy_path: "),
                             HasSubstr(dir_.Path("absent.yml")), Not(HasSubstr("\n")))));
}

TEST_F(ConfigTest, WhatIsEmptiedMustHoldNothingElse) {
  struct Case {
    std::string_view work_dir, what;
  };
  for (const Case& c : {Case{"/", "the configuration file"}, Case{".", "the working directory"},
                        Case{"secrets", "the signing key"}}) {
    std::string text = Good();
    text.replace(text.find("work_dir: w"), 11, absl::StrCat("work_dir: ", c.work_dir));
    text.replace(text.find("path: key"), 9, "path: secrets/key");
    EXPECT_THAT(Load(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("c.yml:4: work_dir: is emptied"), HasSubstr(c.what))))
        << c.work_dir;
  }
}

TEST_F(ConfigTest, AFolderThatIsEmptiedCannotHideWhereItIsBehindANul) {
  std::string text = Good();
  text.replace(text.find("artifact_dir: a"), 15,
               absl::StrCat("artifact_dir: \"", dir_.path(), "\\0/a\""));
  EXPECT_THAT(Load(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                   HasSubstr("c.yml:5: artifact_dir: must not have the character "
                                             "NUL")));
}

TEST_F(ConfigTest, NorMayTheSecretForWorkerManagerBeInSuchAFolder) {
  EXPECT_THAT(Load(Good("worker_manager_provider: static\nworker_manager_secret_path: w/secret\n")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("work_dir: is emptied after each task, but the worker's secret")));
}

TEST_F(ConfigTest, WhatOthersCanReadIsAWarning) {
  chmod(dir_.Path("key").c_str(), 0644);
  const absl::StatusOr<LoadedConfig> loaded = Load(Good());
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings,
              ElementsAre(AllOf(HasSubstr(dir_.Path("key")), HasSubstr("can be read by others"))));
  chmod(dir_.Write("c.yml", Good()).c_str(), 0644);
  chmod(dir_.Path("key").c_str(), 0600);
  const absl::StatusOr<LoadedConfig> readable = LoadConfig("c.yml", environment_, options_);
  ASSERT_THAT(readable, IsOk());
  EXPECT_THAT(readable->warnings, ElementsAre(HasSubstr(dir_.Path("c.yml"))));
}

TEST_F(ConfigTest, WhatOthersCanReadIsRefusedIfItIsToBeStrict) {
  chmod(dir_.Path("key").c_str(), 0644);
  const auto names_the_key = AllOf(HasSubstr("c.yml:9: strict: "), HasSubstr(dir_.Path("key")));
  EXPECT_THAT(Load(Good("strict: true\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, names_the_key));
  chmod(dir_.Path("key").c_str(), 0600);
  EXPECT_THAT(Load(Good("strict: true\n")), IsOk());
  // A planted file of secrets counts as well.
  std::string text = Good("strict: true\n");
  text.erase(0, text.find("work_dir"));
  chmod(dir_.Write("secrets.json", R"({"credentials": {"clientId": "x", "accessToken": "y"}})")
            .c_str(),
        0666);
  EXPECT_THAT(Load(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                   AllOf(HasSubstr("strict: "), HasSubstr("secrets.json"))));
}

TEST_F(ConfigTest, FilesWithSecretsAreListed) {
  const absl::StatusOr<LoadedConfig> loaded = Load(Good());
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->config.secret_files,
              testing::UnorderedElementsAre(dir_.Path("c.yml"), dir_.Path("secrets.json"),
                                            home_.Path(".scriptworker"), dir_.Path("key")));
}

TEST_F(ConfigTest, TheScriptsEnvironmentIsReadStrictly) {
  struct Case {
    std::string_view lines, message;
  };
  for (const Case& c :
       {Case{"script_env: empty\n", "c.yml:9: script_env: expected inherit or clean"},
        Case{"script_env_allow: [A]\n", "c.yml:9: script_env_allow: has no effect"},
        Case{"script_env: clean\nscript_env_allow: ['*']\n",
             "c.yml:10: script_env_allow: expected"},
        Case{"script_env: clean\nscript_env_allow: [TASKCLUSTER_ACCESS_TOKEN]\n",
             "c.yml:10: script_env_allow: TASKCLUSTER_ACCESS_TOKEN is the worker's own secret"},
        Case{"script_env: clean\nscript_env_allow: [1]\n", "c.yml:10: script_env_allow"}}) {
    EXPECT_THAT(Load(Good(c.lines)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
}

TEST_F(ConfigTest, TheSandboxIsReadStrictlyWithLines) {
  EXPECT_THAT(Load(Good("sandbox:\n  landlock: true\n  rlimits: {files: 3}\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("c.yml:11: sandbox")));
}

TEST_F(ConfigTest, TheSigningKeyIsLeftToTheSignerProcess) {
  dir_.Write("key", "c2hvcnQ=");  // which is no key
  const absl::StatusOr<LoadedConfig> loaded = Load(Good());
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST_F(ConfigTest, LogsThatWouldNotBePublishedAreAWarning) {
  std::string text = Good();
  text.replace(text.find("a/l"), 3, "b/l");
  const absl::StatusOr<LoadedConfig> loaded = Load(text);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, ElementsAre(HasSubstr("tasks are published without their logs")));
}

TEST_F(ConfigTest, OverlappingRestrictedScopesAreAWarning) {
  const absl::StatusOr<LoadedConfig> loaded =
      Load(Good("cot_product: glean\n"
                "cot_restricted_scopes: {'a:*': glean-repo, 'a:b': glean-repo}\n"));
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(loaded->warnings, ElementsAre(HasSubstr("product glean: ")));
}

}  // namespace
}  // namespace scriptworker::worker
