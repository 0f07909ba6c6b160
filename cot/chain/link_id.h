// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_LINK_ID_H_
#define COT_CHAIN_LINK_ID_H_

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// A task of a chain of trust before its definition is known.
struct LinkId {
  std::string name;  // how the chain reaches it: "signing:build"
  scriptworker::taskcluster::TaskId task_id;

  // "signing:build AbC...", as messages begin.
  std::string Label() const { return absl::StrCat(name, " ", task_id.str()); }
};

// The finding, as one of that step about that task.
inline Finding About(const LinkId& link, Step step, Finding finding) {
  finding.step = step;
  finding.link_name = link.name;
  finding.task_id = link.task_id.str();
  return finding;
}

}  // namespace cot

#endif  // COT_CHAIN_LINK_ID_H_
