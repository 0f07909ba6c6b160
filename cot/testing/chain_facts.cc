// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/chain_facts.h"

#include <algorithm>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::crypto::Ed25519PrivateKey;
using scriptworker::crypto::Sha256;
using scriptworker::json::Array;
using scriptworker::json::Object;
using scriptworker::json::Value;

// A version 4 UUID in 22 characters of base64, as Taskcluster's clients make them.
std::string Slug(std::string_view text) {
  std::string bytes = Sha256(text).substr(0, 16);
  const auto set = [&](size_t at, int mask, int bits) {
    bytes[at] = static_cast<char>((static_cast<unsigned char>(bytes[at]) & mask) | bits);
  };
  set(0, 0x7f, 0);
  set(6, 0x0f, 0x40);
  set(8, 0x3f, 0x80);
  return std::string(absl::StripSuffix(absl::WebSafeBase64Escape(bytes), "=="));
}

Array Texts(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.push_back(text);
  return array;
}

Object ProductPolicy(const GeneratedProduct& product) {
  const bool hg = product.type == "hg";
  const std::string& domain = product.name;
  Object rule{{"schemes", Array{"https", "ssh"}},
              {"netlocs", Array{hg ? "hg.example.com" : "git.example.com"}},
              {"path_regexes",
               Array{absl::StrCat("^(?P<path>", product.path, hg ? ")(/|$)" : ")(/|\\.git|$)")}}};
  if (product.is_private) rule.Set("require_secret", true);
  return {{"cot_product_type", product.type},
          {"official_github_repos_owner", hg ? "" : "example-apps"},
          {"source_env_prefix", product.prefix},
          {"trusted_vcs_rules", Array{std::move(rule)}},
          {"valid_tasks_for", Texts(product.tasks_for)},
          {"valid_decision_worker_pools",
           Array{absl::StrCat(domain, "-1/decision"), absl::StrCat(domain, "-3/decision")}},
          {"valid_docker_image_worker_pools",
           Array{absl::StrCat(domain, "-1/images"), absl::StrCat(domain, "-3/images")}},
          {"prebuilt_docker_image_task_types", Array{"decision", "action", "docker-image"}},
          {"cot_restricted_scopes",
           Object{{absl::StrCat("project:", domain, ":signing:cert:release"), "release"}}},
          {"cot_restricted_trees", Object{{"release", Array{product.path}}}}};
}

}  // namespace

std::string ChainDescription::Name() const {
  return absl::StrReplaceAll(
      absl::StrCat(product, "_", tasks_for, "_", worker, cached_image ? "_cached_image" : "",
                   short_form ? "_short_form" : "", private_artifact ? "_private_artifact" : ""),
      {{"-", "_"}});
}

const std::vector<GeneratedProduct>& GeneratedProducts() {
  static const auto& products = *new std::vector<GeneratedProduct>([] {
    const std::vector<std::string> hg = {"hg-push", "cron", "action"};
    const std::vector<std::string> github = {"action",
                                             "cron",
                                             "github-pull-request",
                                             "github-pull-request-untrusted",
                                             "github-push",
                                             "github-release",
                                             "pr-action"};
    const std::vector<std::string> closed = {"action", "cron", "github-push", "github-release"};
    return std::vector<GeneratedProduct>{
        {"desktop", "hg", "DESKTOP", "https://hg.example.com/desktop/main", "/desktop/main",
         "desktop-main", false, hg},
        // Its tasks name a second repository, too, that the rules do not look at.
        {"mail", "hg", "MAIL", "https://hg.example.com/mail", "/mail", "mail", false, hg},
        {"gadget", "github", "GADGET", "https://git.example.com/example-apps/gadget",
         "/example-apps/gadget", "gadget", false, github},
        {"vault", "github", "VAULT", "ssh://git.example.com/example-apps/vault",
         "/example-apps/vault", "vault", true, closed},
        // The name is one that the rules know: COMM_HEAD_REPOSITORY counts.
        {"enterprise", "github", "ENTERPRISE", "https://git.example.com/example-apps/suite",
         "/example-apps/suite", "suite", false, closed}};
  }());
  return products;
}

const GeneratedProduct& FindGeneratedProduct(std::string_view name) {
  const auto found = std::find_if(GeneratedProducts().begin(), GeneratedProducts().end(),
                                  [&](const GeneratedProduct& p) { return p.name == name; });
  CHECK(found != GeneratedProducts().end()) << name;
  return *found;
}

ChainFacts::ChainFacts(const ChainDescription& the_description)
    : description(the_description), product(FindGeneratedProduct(the_description.product)) {
  const bool hg = product.type == "hg";
  decision_tasks_for = description.tasks_for;
  if (description.tasks_for == "action") decision_tasks_for = hg ? "hg-push" : "github-push";
  if (description.tasks_for == "pr-action") decision_tasks_for = "github-pull-request";
  level = is_pull_request() ? "1" : "3";
  if (description.short_form) {
    product.repository = absl::StrCat("git@github.com:", BaseName(), ".git");
  }
  head_repository = is_pull_request()
                        ? absl::StrCat("https://git.example.com/contributor/", product.project)
                        : product.repository;
  source_root =
      description.short_form ? absl::StrCat("https://github.com/", BaseName()) : head_repository;
  commit = GeneratedHash(absl::StrCat(product.name, " commit"));
  base_revision = GeneratedHash(absl::StrCat(product.name, " base"));
  revision = decision_tasks_for == "github-release" ? "v7.1.0" : commit;
  ref = hg                                    ? revision
        : is_pull_request()                   ? "mend-it"
        : decision_tasks_for == "github-push" ? "refs/heads/main"
                                              : "main";
  if (!is_pull_request()) {
    privileged_scope = absl::StrCat("project:", product.name, ":signing:cert:release");
  }
}

bool ChainFacts::is_action() const {
  return description.tasks_for == "action" || description.tasks_for == "pr-action";
}

bool ChainFacts::is_pull_request() const {
  return absl::StartsWith(decision_tasks_for, "github-pull-request");
}

std::string ChainFacts::TaskId(std::string_view role) const {
  return Slug(absl::StrCat(description.product, " ", description.tasks_for, " ", role));
}

std::string ChainFacts::Provisioner() const { return absl::StrCat(product.name, "-", level); }

std::string ChainFacts::HeadName() const {
  return is_pull_request() ? absl::StrCat("contributor/", product.project) : BaseName();
}

std::string ChainFacts::BaseName() const {
  return std::string(absl::StripPrefix(product.path, "/"));
}

std::string GeneratedHash(std::string_view text) {
  return scriptworker::crypto::HexEncode(Sha256(text)).substr(0, 40);
}

Ed25519PrivateKey GeneratedKey(std::string_view worker) {
  absl::StatusOr<Ed25519PrivateKey> key = Ed25519PrivateKey::FromSeed(
      scriptworker::SecretString(Sha256(absl::StrCat("a synthetic key of ", worker))));
  CHECK_OK(key);
  return *std::move(key);
}

Value GeneratedPolicy() {
  Object keys;
  for (std::string_view worker : {"docker-worker", "generic-worker", "scriptworker"}) {
    keys.Set(worker, Array{GeneratedKey(worker).public_key().ToBase64()});
  }
  Object products;
  for (const GeneratedProduct& product : GeneratedProducts()) {
    products.Set(product.name, ProductPolicy(product));
  }
  return Object{
      {"ed25519_public_keys", std::move(keys)},
      {"valid_artifact_rules",
       Array{Object{
           {"schemes", Array{"https"}},
           {"netlocs", Array{"tc.example.com"}},
           {"path_regexes", Array{"^/api/queue/v1/task/(?P<taskId>[^/]+)(/runs/\\d+)?/artifacts/"
                                  "(?P<filepath>.*)$"}}}}},
      {"scriptworker_provisioners", Array{"scriptworker-k8s"}},
      {"valid_hash_algorithms", Array{"sha256", "sha512"}},
      {"project_configuration_url", kGeneratedProjectsUrl},
      {"pushlog_url", "{repo}/json-pushes?changeset={revision}&version=2&full=1"},
      {"source_hosts",
       Object{{"hg", Object{{"host", "hg.example.com"}, {"url", "https://hg.example.com"}}},
              {"github", Object{{"host", "git.example.com"},
                                {"url", "https://git.example.com"},
                                {"api_url", "https://api.git.example.com"},
                                {"raw_url", "https://raw.git.example.com"}}}}},
      {"products", std::move(products)}};
}

}  // namespace cot
