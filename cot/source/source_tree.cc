// SPDX-License-Identifier: MPL-2.0
#include "cot/source/source_tree.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_env.h"
#include "cot/policy/trusted_repo.h"

namespace cot {
namespace {

using scriptworker::vcs::SourceUrl;

// Its tasks are made from two repositories. By its name, as in the reference, whose configuration
// has no key for it: one that is taken over has to mean the same.
constexpr std::string_view kEnterprise = "enterprise";

Finding InLink(const Link& link, Finding finding) {
  return About(link.id(), Step::kSourceTree, std::move(finding));
}

std::string PathText(const std::optional<std::string>& path) { return path.value_or("None"); }

// Whether the source lies in the repository of that URL; a URL that is no
// canonical one contains nothing.
bool Contains(std::string_view repo, const SourceUrl& source) {
  const absl::StatusOr<SourceUrl> url = SourceUrl::Parse(repo);
  return url.ok() && scriptworker::vcs::IsInRepository(source, *url);
}

// The second of the two repositories that a task is made from: its source's. The first has the
// template.
std::optional<std::string> CommRepository(const Link& link, const Product& product) {
  if (product.name != kEnterprise) return std::nullopt;
  std::optional<std::string> comm = TaskEnv(link.task(), "COMM_HEAD_REPOSITORY");
  if (comm.has_value() && comm->empty()) return std::nullopt;
  return comm;
}

// Where template and source are of two repositories the source tells nothing about the template.
void CheckTemplateRepository(const Link& link, const Product& product,
                             std::vector<Finding>& findings) {
  if (!CommRepository(link, product).has_value()) return;
  const std::optional<std::string> repo =
      SourceEnv(link.task(), product.source_env_prefix).head_repository();
  if (!repo.has_value()) return;
  const absl::StatusOr<SourceUrl> url = SourceUrl::Parse(WithoutShortForm(*repo));
  if (url.ok() && TrustedRepoPath(product.trusted_vcs_rules, *url).has_value()) return;
  findings.push_back(
      InLink(link, {.violation = Violation::kUntrustedRepo,
                    .message = absl::StrCat(link.Label(), ": the repository of its template, ",
                                            product.source_env_prefix, "_HEAD_REPOSITORY ", *repo,
                                            ", is no trusted one on a restricted privilege scope!"),
                    .found = *repo,
                    .source = "trusted_vcs_rules"}));
}

TracedLink Trace(const Link& link, const Product& product, std::vector<Finding>& findings) {
  TracedLink traced{.link = &link, .source = {}, .trusted_path = {}};
  absl::StatusOr<SourceUrl> source = SourceOf(link, product);
  if (!source.ok()) {
    findings.push_back(FindingOf(source.status()));
    return traced;
  }
  traced.trusted_path = TrustedRepoPath(product.trusted_vcs_rules, *source);
  traced.source = *std::move(source);
  return traced;
}

}  // namespace

absl::StatusOr<SourceUrl> SourceOf(const Link& link, const Product& product) {
  const std::string& text = link.task().metadata().source;
  if (text.empty()) {
    return ToStatus(InLink(
        link, {.violation = Violation::kSourceMissing,
               .message = absl::StrCat(link.Label(), ": the task has no metadata.source!")}));
  }
  absl::StatusOr<SourceUrl> source = SourceUrl::Parse(text);
  if (!source.ok()) {
    return ToStatus(
        InLink(link, {.violation = Violation::kSourceMismatch,
                      .message = absl::StrCat(link.Label(), ": ", source.status().message()),
                      .expected = "a canonical URL",
                      .found = text}));
  }
  const std::optional<std::string> repo =
      SourceEnv(link.task(), product.source_env_prefix).head_repository();
  const std::optional<std::string> comm = CommRepository(link, product);
  const std::optional<std::string>& expected = comm.has_value() ? comm : repo;
  if (!expected.has_value() || Contains(*expected, *source)) return source;
  return ToStatus(InLink(
      link,
      {.violation = Violation::kSourceMismatch,
       .message = absl::StrCat(link.Label(), ": ", product.source_env_prefix, " ", PathText(repo),
                               comm.has_value() ? absl::StrCat(" or ", *comm) : "",
                               " doesn't match source ", text, "!"),
       .expected = *expected,
       .found = text}));
}

SourceTrace TraceSources(const Chain& chain, const Product& product,
                         std::vector<Finding>& findings) {
  SourceTrace trace;
  for (const Link* link : chain.AllLinks()) {
    trace.links.push_back(Trace(*link, product, findings));
    if (link->task_id() == chain.target().task_id()) {
      trace.target = trace.links.back();
    }
  }
  return trace;
}

std::vector<PrivilegedScope> PrivilegedScopes(const Link& target, const Product& product,
                                              scriptworker::Logger& logger,
                                              std::vector<Finding>& findings) {
  std::vector<PrivilegedScope> privileged;
  for (const std::string& scope : target.task().scopes()) {
    std::vector<std::string> patterns;
    std::string level;
    for (const RestrictedScope& restricted : product.restricted_scopes) {
      if (!restricted.Matches(scope)) continue;
      patterns.push_back(restricted.pattern);
      level = restricted.level;
    }
    if (patterns.empty()) continue;
    if (patterns.size() > 1) {
      findings.push_back(InLink(
          target, {.violation = Violation::kAmbiguousRestrictedScope,
                   .message = absl::StrCat("Scope ", scope, " matches >1 restricted_scope: [",
                                           absl::StrJoin(patterns, ", "), "]"),
                   .source = "cot_restricted_scopes"}));
    }
    logger.Info(absl::StrCat("Found privileged scope ", scope));
    privileged.push_back({scope, level});
  }
  return privileged;
}

void CheckTrees(const SourceTrace& trace, const Product& product,
                const std::vector<PrivilegedScope>& privileged, std::vector<Finding>& findings) {
  const Link& target = *trace.target.link;
  const std::optional<std::string>& target_path = trace.target.trusted_path;
  for (const PrivilegedScope& scope : privileged) {
    const auto tree = product.restricted_trees.find(scope.level);
    const bool allowed =
        tree != product.restricted_trees.end() && target_path.has_value() &&
        std::find(tree->second.begin(), tree->second.end(), *target_path) != tree->second.end();
    if (allowed) continue;
    findings.push_back(InLink(
        target,
        {.violation = Violation::kRepoNotAllowedForScope,
         .message = absl::StrCat(target.Label(), ": repo ", PathText(target_path),
                                 " not allowlisted for scope ", scope.scope, "!"),
         .expected = tree == product.restricted_trees.end() ? std::string()
                                                            : absl::StrJoin(tree->second, ", "),
         .found = PathText(target_path),
         .source = absl::StrCat("cot_restricted_trees.", scope.level)}));
  }
  for (const TracedLink& traced : trace.links) {
    if (!privileged.empty()) CheckTemplateRepository(*traced.link, product, findings);
    if (traced.trusted_path == target_path || !traced.source.has_value()) {
      continue;
    }
    const Link& link = *traced.link;
    if (link.decision_task_id() == target.decision_task_id()) {
      findings.push_back(InLink(
          link, {.violation = Violation::kRepoDiffersFromTarget,
                 .message = absl::StrCat(link.Label(), " repo ", PathText(traced.trusted_path),
                                         " doesn't match my repo ", PathText(target_path), "!"),
                 .expected = PathText(target_path),
                 .found = PathText(traced.trusted_path)}));
    } else if (!privileged.empty() && !traced.trusted_path.has_value()) {
      findings.push_back(
          InLink(link, {.violation = Violation::kUntrustedRepo,
                        .message = absl::StrCat(link.Label(),
                                                " has no privileged repo on an restricted "
                                                "privilege scope!"),
                        .found = traced.source->text(),
                        .source = "trusted_vcs_rules"}));
    }
  }
}

Finding TryOrPullRequest(const Link& link) {
  return InLink(link, {.violation = Violation::kTryOrPullRequest,
                       .message = absl::StrCat(link.Label(),
                                               " has restricted privilege scope, and "
                                               "is_try_or_pull_request()!")});
}

}  // namespace cot
