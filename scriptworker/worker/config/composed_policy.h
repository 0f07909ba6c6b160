// SPDX-License-Identifier: MPL-2.0
//
// The policy that a configuration file asks for.
#ifndef SCRIPTWORKER_WORKER_CONFIG_COMPOSED_POLICY_H_
#define SCRIPTWORKER_WORKER_CONFIG_COMPOSED_POLICY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/policy/defect_list.h"
#include "cot/policy/policy.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {

struct ComposedPolicy {
  std::shared_ptr<const cot::Policy> policy;  // null: see `defects`
  std::vector<std::string> warnings;          // overlapping restricted scopes
};

// The policy document at `path`, or the built-in one if that is empty, with
// the values that the settings replace: those for all products, and those of
// the settings' cot_product, which may be a product that the document does not
// have. What is wrong with the settings goes to `defects`, also that there is no document
// to be read at `path`: there is no policy then. An error is about what is in the document
// (its lines are whole messages).
absl::StatusOr<ComposedPolicy> ComposePolicy(const Settings& settings, const std::string& path,
                                             cot::DefectList& defects);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_COMPOSED_POLICY_H_
