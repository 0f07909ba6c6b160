// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_CHAIN_H_
#define COT_CHAIN_CHAIN_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// The target and all tasks that it rests on, directly or through others, in the
// order in which they were found. Immutable, thread-safe.
//
// The target is among the upstream links too when the caller asked to check the target
// itself, or when one of them rests on it.
class Chain {
 public:
  Chain(Link target, std::vector<Link> upstream);

  const Link& target() const { return target_; }
  const std::vector<Link>& upstream() const { return upstream_; }

  // The upstream link of that task; nullptr if there is none.
  const Link* Find(const scriptworker::taskcluster::TaskId& task_id) const;

  // Every task once: the target first, unless it is among the links.
  std::vector<const Link*> AllLinks() const;

 private:
  Link target_;
  std::vector<Link> upstream_;
  absl::flat_hash_map<scriptworker::taskcluster::TaskId, size_t> index_;
};

}  // namespace cot

#endif  // COT_CHAIN_CHAIN_H_
