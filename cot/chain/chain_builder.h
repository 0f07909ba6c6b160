// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_CHAIN_BUILDER_H_
#define COT_CHAIN_CHAIN_BUILDER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/chain.h"
#include "cot/chain/link.h"
#include "cot/chain/link_id.h"
#include "cot/chain/violation.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/task_pool.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

struct ChainRequest {
  scriptworker::taskcluster::TaskId task_id;
  std::string name;  // of the target: its type ("signing")
  // Check the target as a link, too, even if no task rests on it. (That a decision task is its
  // own parent does not count.)
  bool check_target = false;
  int max_chain_length = 20;  // colons in a link's name
  int max_links = 1000;
  // Called once for each task whose definition will be asked for (and for a target that is a
  // link), before that. May be null.
  std::function<void(const LinkId&)> on_link_id = nullptr;
  // Called after that, beside itself and on any thread, for those that will be among
  // Chain::upstream(), as soon as the definition is there. May be null.
  std::function<void(const Link&)> on_link = nullptr;
};

// Fetches the definitions of all tasks that the target rests on: breadth first,
// the tasks of one distance at the same time, by `queue_reads`. A task that is reachable by several
// ways is fetched once and has the name of the way that is first in that order; the target is never
// fetched.
//
// What is wrong with one task is appended to `findings`; that task is left out
// and the others go on, so that all of it is found in one run. The errors:
// what makes the target itself no link (kPermissionDenied with a finding);
// kUnavailable and the token's reason when a definition could not be had.
absl::StatusOr<Chain> BuildChain(const ChainRequest& request,
                                 scriptworker::taskcluster::TaskDefinition target,
                                 const std::vector<std::string>& scriptworker_provisioners,
                                 scriptworker::taskcluster::TaskReader& queue,
                                 scriptworker::TaskPool& queue_reads, scriptworker::Logger& logger,
                                 const scriptworker::CancellationToken& cancellation,
                                 std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_CHAIN_CHAIN_BUILDER_H_
