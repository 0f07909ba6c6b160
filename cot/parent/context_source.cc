// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/context_source.h"

#include <utility>

#include "cot/chain/link_id.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/member.h"

namespace cot {

using scriptworker::json::Object;
using scriptworker::json::Value;

Value OrNull(const std::optional<std::string>& text) {
  return text.has_value() ? Value(*text) : Value();
}

absl::Status ContextSource::Refused(Violation violation, std::string message) const {
  return ToStatus(About(parent.id(), Step::kRebuiltDefinitions,
                        {.violation = violation, .message = std::move(message)}));
}

absl::Status ContextSource::Unknown() const {
  return Refused(Violation::kTasksForNotAllowed,
                 absl::StrCat("Unknown tasks_for \"", ToString(tasks_for), "\" for ",
                              product.type == ProductType::kHg ? "hg" : "github", " cot_product \"",
                              product.name, "\"!"));
}

absl::Status ContextSource::AddCron(const Link& link, Object& variables) const {
  const Value* cron = link.task().extra().Find("cron");
  if (cron == nullptr || !cron->is_string()) {
    return Refused(Violation::kMalformedTask,
                   absl::StrCat(link.Label(), ": extra.cron is no JSON text"));
  }
  absl::StatusOr<Value> parsed =
      scriptworker::json::Parse(cron->string_value(), {.source = "extra.cron"});
  if (!parsed.ok()) {
    return Refused(Violation::kMalformedTask, std::string(parsed.status().message()));
  }
  variables.Set("cron", *std::move(parsed));
  return absl::OkStatus();
}

absl::Status ContextSource::AddActionContext(Object& variables) const {
  const Value* action = parent.task().extra().Find("action");
  const Value* context = action == nullptr ? nullptr : action->Find("context");
  if (context == nullptr || !context->is_object()) {
    return Refused(Violation::kMalformedTask,
                   absl::StrCat(parent.Label(), ": extra.action.context is no object"));
  }
  for (const scriptworker::json::Member& member : context->object()) {
    variables.Set(member.key_as_value(), member.value());
  }
  return absl::OkStatus();
}

}  // namespace cot
