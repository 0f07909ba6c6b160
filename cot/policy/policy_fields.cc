// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/policy_fields.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/log/log.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cot/chain/tasks_for.h"
#include "cot/policy/document_part.h"
#include "cot/policy/policy.h"
#include "cot/policy/restricted_scope.h"
#include "cot/policy/source_hosts.h"
#include "cot/policy/url_rule.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using ::scriptworker::crypto::Ed25519PublicKey;
using ::scriptworker::crypto::HashAlgorithm;
using ::scriptworker::crypto::ParseHashAlgorithm;
using ::scriptworker::json::AppendPointerToken;
using ::scriptworker::json::Value;

// `required_group`: what the patterns of the rules have to tell.
std::optional<UrlRule> ReadUrlRule(const DocumentPart& part, std::string_view required_group) {
  UrlRule rule;
  const bool is_mapping = part.ForEachMember(
      "a rule with schemes, netlocs and path_regexes",
      [&](std::string_view key, const DocumentPart& member) {
        if (key == "schemes") {
          rule.schemes = member.AsStrings().value_or(rule.schemes);
        } else if (key == "netlocs") {
          rule.netlocs = member.AsStrings().value_or(rule.netlocs);
        } else if (key == "path_regexes") {
          member.ForEachElement("a list of strings", [&](const DocumentPart& element) {
            const std::optional<std::string> text = element.AsString();
            if (!text.has_value()) return;
            absl::StatusOr<PathPattern> pattern = PathPattern::Compile(*text);
            if (!pattern.ok()) {
              element.Defect(pattern.status().message());
            } else if (!pattern->HasGroup(required_group)) {
              element.Defect(absl::StrCat("the regular expression \"", *text,
                                          "\" has no group (?P<", required_group, ">...)"));
            } else {
              rule.path_patterns.push_back(*std::move(pattern));
            }
          });
        } else if (key == "require_secret") {
          rule.require_secret = member.AsBool().value_or(false);
        } else {
          member.Defect(
              "unknown key; a rule has schemes, netlocs, path_regexes and "
              "require_secret");
        }
      });
  if (!is_mapping) return std::nullopt;
  for (std::string_view key : {"schemes", "netlocs", "path_regexes"}) {
    if (part.value().Find(key) == nullptr) {
      part.Defect(absl::StrCat("the rule has no ", key));
    }
  }
  return rule;
}

void ReadUrlRules(const DocumentPart& part, std::string_view required_group,
                  std::vector<UrlRule>& out) {
  std::vector<UrlRule> rules;
  const bool is_list = part.ForEachElement("a list of rules", [&](const DocumentPart& e) {
    if (auto rule = ReadUrlRule(e, required_group)) {
      rules.push_back(*std::move(rule));
    }
  });
  if (is_list) out = std::move(rules);
}

void ReadString(const DocumentPart& part, std::string& out) {
  if (auto string = part.AsString()) out = *std::move(string);
}

void ReadType(const DocumentPart& part, Product& product) {
  const std::optional<std::string> text = part.AsString();
  if (!text.has_value()) return;
  if (*text == "hg") {
    product.type = ProductType::kHg;
  } else if (*text == "github") {
    product.type = ProductType::kGithub;
  } else {
    part.Defect(absl::StrCat("expected hg or github, found \"", *text, "\""));
  }
}

void ReadPools(const DocumentPart& part, std::vector<std::string>& out) {
  std::vector<std::string> pools;
  const bool is_list =
      part.ForEachElement("a list of worker pools", [&](const DocumentPart& element) {
        std::optional<std::string> pool = element.AsString();
        if (!pool.has_value()) return;
        const std::vector<std::string> halves = absl::StrSplit(*pool, '/');
        if (halves.size() != 2 || halves[0].empty() || halves[1].empty()) {
          element.Defect(absl::StrCat("expected PROVISIONER/WORKER-TYPE, found \"", *pool, "\""));
          return;
        }
        pools.push_back(*std::move(pool));
      });
  if (is_list) out = std::move(pools);
}

void ReadTasksFor(const DocumentPart& part, Product& product) {
  std::vector<TasksFor> all;
  const bool is_list = part.ForEachElement("a list of strings", [&](const DocumentPart& element) {
    const std::optional<std::string> text = element.AsString();
    if (!text.has_value()) return;
    const absl::StatusOr<TasksFor> tasks_for = ParseTasksFor(*text);
    if (tasks_for.ok()) {
      all.push_back(*tasks_for);
    } else {
      element.Defect(tasks_for.status().message());
    }
  });
  if (is_list) product.tasks_for = std::move(all);
}

void ReadRestrictedScopes(const DocumentPart& part, Product& product) {
  std::vector<RestrictedScope> scopes;
  const bool is_mapping =
      part.ForEachMember("a mapping of scopes to names of trees",
                         [&](std::string_view scope, const DocumentPart& member) {
                           if (auto level = member.AsString()) {
                             scopes.push_back({std::string(scope), *std::move(level)});
                           }
                         });
  if (is_mapping) product.restricted_scopes = std::move(scopes);
}

void ReadRestrictedTrees(const DocumentPart& part, Product& product) {
  std::map<std::string, std::vector<std::string>, std::less<>> trees;
  const bool is_mapping = part.ForEachMember(
      "a mapping of names to lists of repository paths",
      [&](std::string_view level, const DocumentPart& member) {
        std::vector<std::string>& paths = trees[std::string(level)];
        member.ForEachElement("a list of strings", [&](const DocumentPart& element) {
          std::optional<std::string> path = element.AsString();
          if (!path.has_value()) return;
          if (!absl::StartsWith(*path, "/")) {
            element.Defect(absl::StrCat("a repository path begins with /, found \"", *path, "\""));
          }
          paths.push_back(*std::move(path));
        });
      });
  if (is_mapping) product.restricted_trees = std::move(trees);
}

void ReadPrebuiltDockerImages(const DocumentPart& part, Product& product) {
  if (part.value().is_string()) {
    if (part.value().string_value() == "any") {
      product.prebuilt_docker_images = {.any_task_type = true};
    } else {
      part.Defect(absl::StrCat("expected any or a list of task types, found \"",
                               part.value().string_value(), "\""));
    }
  } else if (auto types = part.AsStrings()) {
    product.prebuilt_docker_images = {.task_types = *std::move(types)};
  }
}

void ReadPublicKeys(const DocumentPart& part, Policy& policy) {
  std::map<std::string, std::vector<Ed25519PublicKey>, std::less<>> all;
  const bool is_mapping = part.ForEachMember(
      "a mapping of worker implementations to lists of keys",
      [&](std::string_view worker_impl, const DocumentPart& member) {
        std::vector<Ed25519PublicKey>& keys = all[std::string(worker_impl)];
        member.ForEachElement("a list of keys", [&](const DocumentPart& element) {
          const std::optional<std::string> text = element.AsString();
          if (!text.has_value()) return;
          absl::StatusOr<Ed25519PublicKey> key = Ed25519PublicKey::FromBase64(*text);
          if (key.ok()) {
            keys.push_back(*std::move(key));
          } else {
            std::string_view why = key.status().message();
            absl::ConsumePrefix(&why, "not an Ed25519 public key: ");
            element.Defect(absl::StrCat("no Ed25519 public key: ", why));
          }
        });
      });
  if (is_mapping) policy.public_keys = std::move(all);
}

void ReadHashAlgorithms(const DocumentPart& part, Policy& policy) {
  std::vector<HashAlgorithm> all;
  const bool is_list = part.ForEachElement("a list of strings", [&](const DocumentPart& element) {
    const std::optional<std::string> text = element.AsString();
    if (!text.has_value()) return;
    const absl::StatusOr<HashAlgorithm> algorithm = ParseHashAlgorithm(*text);
    if (algorithm.ok()) {
      all.push_back(*algorithm);
    } else {
      element.Defect(absl::StrCat("expected sha256 or sha512, found \"", *text, "\""));
    }
  });
  if (is_list) policy.hash_algorithms = std::move(all);
}

struct ProductKey {
  std::string_view name;
  void (*read)(const DocumentPart&, Product&);
};

constexpr ProductKey kProductKeys[] = {
    {"cot_product_type", ReadType},
    {"valid_decision_worker_pools",
     [](const DocumentPart& part, Product& product) {
       ReadPools(part, product.decision_worker_pools);
     }},
    {"valid_docker_image_worker_pools",
     [](const DocumentPart& part, Product& product) {
       ReadPools(part, product.docker_image_worker_pools);
     }},
    {"trusted_vcs_rules",
     [](const DocumentPart& part, Product& product) {
       ReadUrlRules(part, "path", product.trusted_vcs_rules);
     }},
    {"valid_tasks_for", ReadTasksFor},
    {"official_github_repos_owner",
     [](const DocumentPart& part, Product& product) {
       ReadString(part, product.official_github_owner);
     }},
    {"cot_restricted_scopes", ReadRestrictedScopes},
    {"cot_restricted_trees", ReadRestrictedTrees},
    {"prebuilt_docker_image_task_types", ReadPrebuiltDockerImages},
    {"source_env_prefix", [](const DocumentPart& part,
                             Product& product) { ReadString(part, product.source_env_prefix); }},
};

struct CommonKey {
  std::string_view name;
  void (*read)(const DocumentPart&, Policy&);
};

constexpr CommonKey kCommonKeys[] = {
    {"ed25519_public_keys", ReadPublicKeys},
    {"project_configuration_url",
     [](const DocumentPart& part, Policy& policy) {
       ReadString(part, policy.project_configuration_url);
     }},
    {"pushlog_url",
     [](const DocumentPart& part, Policy& policy) { ReadString(part, policy.pushlog_url); }},
    {"valid_artifact_rules",
     [](const DocumentPart& part, Policy& policy) {
       ReadUrlRules(part, "filepath", policy.artifact_rules);
     }},
    {"scriptworker_provisioners",
     [](const DocumentPart& part, Policy& policy) {
       if (auto names = part.AsStrings()) {
         policy.scriptworker_provisioners = *std::move(names);
       }
     }},
    {"valid_hash_algorithms", ReadHashAlgorithms},
    {"source_hosts",
     [](const DocumentPart& part, Policy& policy) { ReadSourceHosts(part, policy.source_hosts); }},
};

template <typename Entries>
std::vector<std::string_view> NamesOf(const Entries& entries) {
  std::vector<std::string_view> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

template <typename Entries, typename Target>
void ReadNamed(const Entries& entries, std::string_view key, const Value& value, Target& target,
               ReportDefect report) {
  for (const auto& entry : entries) {
    if (entry.name == key) {
      entry.read(DocumentPart(value, report), target);
      return;
    }
  }
  LOG(FATAL) << "no such policy key: " << key;
}

}  // namespace

const std::vector<std::string_view>& ProductKeys() {
  static const absl::NoDestructor<std::vector<std::string_view>> names(NamesOf(kProductKeys));
  return *names;
}

const std::vector<std::string_view>& CommonKeys() {
  static const absl::NoDestructor<std::vector<std::string_view>> names(NamesOf(kCommonKeys));
  return *names;
}

void ReadProductKey(std::string_view key, const Value& value, Product& product,
                    ReportDefect report) {
  ReadNamed(kProductKeys, key, value, product, report);
}

void ReadCommonKey(std::string_view key, const Value& value, Policy& policy, ReportDefect report) {
  ReadNamed(kCommonKeys, key, value, policy, report);
}

void CheckProduct(const Product& product, ReportDefect report) {
  for (const RestrictedScope& scope : product.restricted_scopes) {
    if (product.restricted_trees.contains(scope.level)) continue;
    std::string pointer = "/cot_restricted_scopes";
    AppendPointerToken(scope.pattern, &pointer);
    report(pointer, absl::StrCat("cot_restricted_trees has no \"", scope.level, "\""));
  }
}

}  // namespace cot
