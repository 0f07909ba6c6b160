// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_CHAIN_FACTS_H_
#define COT_TESTING_CHAIN_FACTS_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/json/value.h"

namespace cot {

// Which chain to generate.
struct ChainDescription {
  std::string product = "desktop";  // one of GeneratedProducts()
  // Why the task that made the target exists: "hg-push", "cron", "action",
  // "pr-action", "github-push", "github-release", "github-pull-request",
  // "github-pull-request-untrusted".
  std::string tasks_for = "hg-push";
  // What ran the task whose artifacts the target uses: "docker-worker" (in an image
  // that a task of the chain built), "generic-worker" or "scriptworker".
  std::string worker = "docker-worker";
  // The image was built for an earlier push: by a task of another task group. Only for
  // pushes.
  bool cached_image = false;
  // The repository is named git@github.com:OWNER/NAME.git, as private ones are. Only for
  // "github-push".
  bool short_form = false;
  // The target also uses a file that only clients with scopes may read.
  bool private_artifact = false;

  // "desktop_hg_push_docker_worker".
  std::string Name() const;
};
// For gtest's messages.
inline void PrintTo(const ChainDescription& description, std::ostream* out) {
  *out << description.Name();
}

// Facts about a product of the generated policy.
struct GeneratedProduct {
  std::string name;
  std::string type;        // "hg", "github"
  std::string prefix;      // of environment variables
  std::string repository;  // URL, as tasks name it
  std::string path;        // of the repository, as restricted trees list it
  std::string project;     // in projects.yml
  bool is_private = false;
  std::vector<std::string> tasks_for;
};
const std::vector<GeneratedProduct>& GeneratedProducts();
const GeneratedProduct& FindGeneratedProduct(std::string_view name);

// Everything that more than one document of a chain says.
struct ChainFacts {
  explicit ChainFacts(const ChainDescription& the_description);

  bool is_action() const;
  bool is_pull_request() const;  // the decision task's
  // The id of the task that plays a role ("target", "decision").
  std::string TaskId(std::string_view role) const;
  // The trust domain and the level: "desktop-3".
  std::string Provisioner() const;
  // OWNER/NAME of the repository or, for a pull request, of the fork.
  std::string HeadName() const;
  std::string BaseName() const;

  ChainDescription description;
  GeneratedProduct product;
  std::string decision_tasks_for;  // differs from the description's for actions
  std::string level;               // "3", or "1" for pull requests
  std::string head_repository;     // the fork for a pull request
  std::string source_root;         // the same, as metadata.source names it
  std::string revision;            // or a tag, of a release
  std::string commit;              // always a hash
  std::string base_revision;
  std::string ref;
  std::string privileged_scope;  // empty: the target has none
};

// The part that plays in time.
inline constexpr std::string_view kGeneratedCreated = "2026-06-01T08:00:00.000Z";
inline constexpr std::string_view kGeneratedNextDay = "2026-06-02T08:00:00.000Z";
inline constexpr std::string_view kGeneratedNextYear = "2027-06-01T08:00:00.000Z";

inline constexpr std::string_view kGeneratedRootUrl = "https://tc.example.com";
inline constexpr std::string_view kGeneratedProjectsUrl = "https://config.example.com/projects.yml";
inline constexpr std::string_view kGeneratedToken = "synthetic-token";  // of private repositories
// Who may read private artifacts, and such a one.
inline constexpr std::string_view kGeneratedClient = "project/synthetic/verifier";
inline constexpr std::string_view kPrivateArtifact = "releng/unreleased.zip";

// The same 40 digits for the same text.
std::string GeneratedHash(std::string_view text);
// The key that the workers of an implementation sign with; no secret.
scriptworker::crypto::Ed25519PrivateKey GeneratedKey(std::string_view worker);
// The policy (cot_policy_path) under which generated chains are good.
scriptworker::json::Value GeneratedPolicy();

}  // namespace cot

#endif  // COT_TESTING_CHAIN_FACTS_H_
