// SPDX-License-Identifier: MPL-2.0
//
// What a decision task must say in payload.env about the source of its template. Errors are
// violations of the decision task, in step 6.
#ifndef COT_PARENT_TEMPLATE_SOURCE_H_
#define COT_PARENT_TEMPLATE_SOURCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/policy/policy.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {

struct TemplateSource {
  scriptworker::vcs::SourceUrl repo;
  std::string revision;  // as claimed, not empty
};

// HEAD_REPOSITORY and HEAD_REV. Violations: kSourceMissing, kUnsupportedVcs.
absl::StatusOr<TemplateSource> TemplateSourceOf(const Link& decision, const Product& product);

// One variable's `value`: kSourceMissing if it is absent or empty. `suffix`: "HEAD_REV".
absl::StatusOr<std::string> SourceVariable(const Link& decision, const Product& product,
                                           std::string_view suffix,
                                           const std::optional<std::string>& value);

// kUnsupportedVcs unless it is a canonical URL.
absl::StatusOr<scriptworker::vcs::SourceUrl> RepositoryUrl(const Link& decision,
                                                           std::string_view repository);

}  // namespace cot

#endif  // COT_PARENT_TEMPLATE_SOURCE_H_
