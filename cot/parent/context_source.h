// SPDX-License-Identifier: MPL-2.0
#ifndef COT_PARENT_CONTEXT_SOURCE_H_
#define COT_PARENT_CONTEXT_SOURCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link.h"
#include "cot/chain/task_env.h"
#include "cot/chain/tasks_for.h"
#include "cot/chain/violation.h"
#include "cot/parent/jsone_context.h"
#include "cot/policy/policy.h"
#include "cot/policy/source_hosts.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace cot {

// The text, or null where there is none.
scriptworker::json::Value OrNull(const std::optional<std::string>& text);

// What one rebuilt definition's variables are made of, and how what is wrong with it
// is said. References must outlive it.
struct ContextSource {
  const Link& parent;
  const Link& decision;
  const TasksFor tasks_for;
  const Product& product;
  const ContextFacts& facts;
  const SourceHosts& hosts;

  // What the decision task says about its source.
  SourceEnv env() const { return SourceEnv(decision.task(), product.source_env_prefix); }

  absl::Status Refused(Violation violation, std::string message) const;
  // tasks_for is none of this type of product.
  absl::Status Unknown() const;
  // An answer of a host of another shape than expected.
  absl::Status Evidence(const absl::Status& error) const {
    return Refused(Violation::kMalformedEvidence, std::string(error.message()));
  }
  template <typename T>
  absl::StatusOr<T> Required(const std::optional<T>& fact, std::string_view what) const {
    if (fact.has_value()) return *fact;
    return Refused(Violation::kEvidenceMissing, absl::StrCat(parent.Label(), ": no ", what));
  }

  // Sets `cron` to the JSON that the link's extra.cron holds as text.
  absl::Status AddCron(const Link& link, scriptworker::json::Object& variables) const;
  // Sets all members of the parent's extra.action.context.
  absl::Status AddActionContext(scriptworker::json::Object& variables) const;
};

}  // namespace cot

#endif  // COT_PARENT_CONTEXT_SOURCE_H_
