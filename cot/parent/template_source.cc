// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/template_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "scriptworker/base/status_macros.h"

namespace cot {

using scriptworker::vcs::SourceUrl;

absl::StatusOr<std::string> SourceVariable(const Link& decision, const Product& product,
                                           std::string_view suffix,
                                           const std::optional<std::string>& value) {
  if (value.has_value() && !value->empty()) return *value;
  return ToStatus(
      About(decision.id(), Step::kRebuiltDefinitions,
            {.violation = Violation::kSourceMissing,
             .message = absl::StrCat(decision.Label(), ": no ", product.source_env_prefix, "_",
                                     suffix, " in payload.env")}));
}

absl::StatusOr<SourceUrl> RepositoryUrl(const Link& decision, std::string_view repository) {
  absl::StatusOr<SourceUrl> url = SourceUrl::Parse(repository);
  if (url.ok()) return url;
  return ToStatus(About(decision.id(), Step::kRebuiltDefinitions,
                        {.violation = Violation::kUnsupportedVcs,
                         .message = absl::StrCat(decision.Label(), ": ", url.status().message()),
                         .found = std::string(repository)}));
}

absl::StatusOr<TemplateSource> TemplateSourceOf(const Link& decision, const Product& product) {
  const SourceEnv env(decision.task(), product.source_env_prefix);
  SW_ASSIGN_OR_RETURN(const std::string repository,
                      SourceVariable(decision, product, "HEAD_REPOSITORY", env.head_repository()));
  SW_ASSIGN_OR_RETURN(std::string revision,
                      SourceVariable(decision, product, "HEAD_REV", env.head_revision()));
  SW_ASSIGN_OR_RETURN(SourceUrl repo, RepositoryUrl(decision, repository));
  return TemplateSource{std::move(repo), std::move(revision)};
}

}  // namespace cot
