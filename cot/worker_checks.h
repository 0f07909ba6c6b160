// SPDX-License-Identifier: MPL-2.0
#ifndef COT_WORKER_CHECKS_H_
#define COT_WORKER_CHECKS_H_

#include <string_view>
#include <vector>

#include "cot/chain/link.h"
#include "cot/chain/violation.h"

namespace cot {

// Nobody could log into the task while it ran (a docker shell, RDP). Findings:
// kInteractive; kMalformedPayload where the payload lacks what would tell. Pure.
void CheckNotInteractive(const Link& link, std::vector<Finding>& findings);

// What the rules read in payload.env is text. Finding: kMalformedPayload. Pure.
void CheckEnvironment(const Link& link, std::string_view source_env_prefix,
                      std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_WORKER_CHECKS_H_
