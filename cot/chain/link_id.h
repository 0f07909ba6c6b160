// SPDX-License-Identifier: MPL-2.0
#ifndef COT_CHAIN_LINK_ID_H_
#define COT_CHAIN_LINK_ID_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// A task of a chain of trust before its definition is known.
struct LinkId {
  std::string name;  // how the chain reaches it: "signing:build"
  scriptworker::taskcluster::TaskId task_id;

  // "signing:build AbC...", as messages begin.
  std::string Label() const { return absl::StrCat(name, " ", task_id.str()); }
};

}  // namespace cot

#endif  // COT_CHAIN_LINK_ID_H_
