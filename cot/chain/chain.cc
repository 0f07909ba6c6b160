// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/chain.h"

#include <utility>

namespace cot {

Chain::Chain(Link target, std::vector<Link> upstream)
    : target_(std::move(target)), upstream_(std::move(upstream)) {
  for (size_t i = 0; i < upstream_.size(); ++i) {
    index_.try_emplace(upstream_[i].task_id(), i);
  }
}

const Link* Chain::Find(const scriptworker::taskcluster::TaskId& task_id) const {
  const auto found = index_.find(task_id);
  return found == index_.end() ? nullptr : &upstream_[found->second];
}

std::vector<const Link*> Chain::AllLinks() const {
  std::vector<const Link*> links;
  links.reserve(upstream_.size() + 1);
  if (Find(target_.task_id()) == nullptr) links.push_back(&target_);
  for (const Link& link : upstream_) links.push_back(&link);
  return links;
}

}  // namespace cot
