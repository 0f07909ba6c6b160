// SPDX-License-Identifier: MPL-2.0
#include "cot/verifier.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/cot_schema.h"
#include "cot/verification.h"
#include "cot/verification_steps.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"

namespace cot {

absl::StatusOr<Verdict> Verify(const VerifyRequest& request, const Policy& policy,
                               const EvidenceSources& sources, scriptworker::Logger& logger,
                               const scriptworker::CancellationToken& cancellation) {
  const Product* product = policy.FindProduct(request.product);
  if (product == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("cot_product: \"", request.product,
                     "\" is none of the policy's products: ", policy.ProductNames()));
  }
  SW_ASSIGN_OR_RETURN(scriptworker::json::Schema schema, LoadCotSchema(request.schema_path));
  logger.Info(absl::StrCat("Running scriptworker version ", scriptworker::kVersion));
  Verification verification(request, policy, *product, std::move(schema), sources, logger,
                            cancellation);
  // 1. Find all tasks that the target rests on, back to decision tasks.
  verification.Run(Step::kBuildChain, BuildTheChain);
  // 2. Each of them left a chain-of-trust.json: signed by a key that is trusted
  //    for its worker implementation, and about this very task.
  verification.Run(Step::kSignatures, CheckCotFiles);
  // 3. Each artifact that the rules or the script will read has the digests that
  //    its task's chain-of-trust.json names.
  verification.Run(Step::kArtifacts, CheckArtifacts);
  // 4. Each task runs where its type may run, and is what its decision or action
  //    task meant it to be (task-graph.json).
  verification.Run(Step::kTaskTypes, CheckTaskTypes);
  // 5. Nobody could interfere with it while it ran, and its docker image was built
  //    by a task of the chain.
  verification.Run(Step::kWorkerImplementations, CheckWorkerImplementations);
  // 6. Each decision or action task is what .taskcluster.yml of its repository
  //    makes of its push, pull request, release, cron job or action.
  verification.Run(Step::kRebuiltDefinitions, CheckRebuiltDefinitions);
  // 7. These repositories may do what the target's scopes allow it to do.
  verification.Run(Step::kSourceTree, CheckSourceTree);
  return verification.verdict.Finish();
}

}  // namespace cot
