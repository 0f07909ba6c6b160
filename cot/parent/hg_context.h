// SPDX-License-Identifier: MPL-2.0
#ifndef COT_PARENT_HG_CONTEXT_H_
#define COT_PARENT_HG_CONTEXT_H_

#include "absl/status/status.h"
#include "cot/parent/context_source.h"
#include "scriptworker/json/object.h"

namespace cot {

// Adds to `variables` what a .taskcluster.yml of a product at hg is rendered with
// (behaviour of the reference: by tasks_for). Violations: those of BuildRenderInput.
// Pure.
absl::Status AddHgContext(const ContextSource& source, scriptworker::json::Object& variables);

}  // namespace cot

#endif  // COT_PARENT_HG_CONTEXT_H_
