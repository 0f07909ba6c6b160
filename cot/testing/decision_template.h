// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_DECISION_TEMPLATE_H_
#define COT_TESTING_DECISION_TEMPLATE_H_

#include <string>

#include "cot/testing/chain_facts.h"

namespace cot {

// The .taskcluster.yml of the product's repository: json-e for every reason for a
// decision or action task that the product's kind of repository knows.
std::string DecisionTemplate(const ChainFacts& facts);

}  // namespace cot

#endif  // COT_TESTING_DECISION_TEMPLATE_H_
