// SPDX-License-Identifier: MPL-2.0
//
// What a chain of trust is measured against: trusted keys, repositories,
// worker pools and privileged scopes, per product. All of it is data: the
// built-in document is cot/policy/firefox-ci.yml, another one can be given by
// the configuration key `cot_policy_path`, and single tables by the
// configuration keys of the same name (see policy_fields.h).
#ifndef COT_POLICY_POLICY_H_
#define COT_POLICY_POLICY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/tasks_for.h"
#include "cot/policy/restricted_scope.h"
#include "cot/policy/source_hosts.h"
#include "cot/policy/url_rule.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/crypto/hash.h"

namespace cot {

enum class ProductType { kHg, kGithub };

// Which task types may name a docker image by tag instead of building it in
// a task of the chain.
struct PrebuiltDockerImages {
  bool any_task_type = false;
  std::vector<std::string> task_types = {};  // when not any
};

// What one value of `cot_product` expects. Comments name the document's keys.
struct Product {
  std::string name;
  ProductType type = ProductType::kGithub;         // cot_product_type
  std::vector<std::string> decision_worker_pools;  // valid_decision_worker_pools
  // valid_docker_image_worker_pools
  std::vector<std::string> docker_image_worker_pools;
  // trusted_vcs_rules; each pattern has a group `path`
  std::vector<UrlRule> trusted_vcs_rules;
  std::vector<TasksFor> tasks_for;                 // valid_tasks_for
  std::string official_github_owner;               // official_github_repos_owner
  std::vector<RestrictedScope> restricted_scopes;  // cot_restricted_scopes
  // cot_restricted_trees: level -> repository paths
  std::map<std::string, std::vector<std::string>, std::less<>> restricted_trees;
  PrebuiltDockerImages prebuilt_docker_images;  // prebuilt_docker_image_task_types
  std::string source_env_prefix;                // source_env_prefix
};

// A checked policy: every key is a valid Ed25519 key, every pattern compiles,
// every restricted scope's level has trees. Plain data, thread-compatible.
struct Policy {
  // ed25519_public_keys: worker implementation -> keys it may sign with.
  std::map<std::string, std::vector<scriptworker::crypto::Ed25519PublicKey>, std::less<>>
      public_keys;
  // valid_artifact_rules; each pattern has a group `filepath`.
  std::vector<UrlRule> artifact_rules;
  std::vector<std::string> scriptworker_provisioners;
  // valid_hash_algorithms: what a chain-of-trust.json may name.
  std::vector<scriptworker::crypto::HashAlgorithm> hash_algorithms;
  std::string project_configuration_url;
  std::string pushlog_url;  // with {repo} and {revision}
  SourceHosts source_hosts;
  std::map<std::string, Product, std::less<>> products;

  const Product* FindProduct(std::string_view name) const;  // or nullptr
  std::string ProductNames() const;                         // "adhoc, firefox, ..."
};

struct LoadedPolicy {
  Policy policy;
  std::vector<std::string> warnings;  // PolicyWarnings()
};

// What is allowed, but hardly meant: restricted scopes that overlap, keys of a worker
// implementation that no task can have. A sentence each, which begins with `source`.
std::vector<std::string> PolicyWarnings(const Policy& policy, std::string_view source);

// Reads a policy document (YAML or JSON). All defects are reported at once:
// kInvalidArgument, one `SOURCE:LINE: KEY: …` per line of the message.
absl::StatusOr<LoadedPolicy> LoadPolicy(std::string_view text, std::string_view source);

// The built-in document, firefox-ci.yml, as JSON, and the name that it has in messages.
std::string_view DefaultPolicyJson();
absl::StatusOr<LoadedPolicy> LoadDefaultPolicy();
inline constexpr std::string_view kDefaultPolicyName = "firefox-ci.yml";

}  // namespace cot

#endif  // COT_POLICY_POLICY_H_
