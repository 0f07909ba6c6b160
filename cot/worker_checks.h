// SPDX-License-Identifier: MPL-2.0
#ifndef COT_WORKER_CHECKS_H_
#define COT_WORKER_CHECKS_H_

#include <vector>

#include "cot/link.h"
#include "cot/violation.h"

namespace cot {

// Nobody could log into the task while it ran (a docker shell, RDP). Findings:
// kInteractive; kMalformedPayload where the payload lacks what would tell. Pure.
void CheckNotInteractive(const Link& link, std::vector<Finding>& findings);

}  // namespace cot

#endif  // COT_WORKER_CHECKS_H_
