// SPDX-License-Identifier: MPL-2.0
//
// The keys of a policy, one by one: the policy document and the worker's
// configuration hold the same tables under the same names and read them here.
#ifndef COT_POLICY_POLICY_FIELDS_H_
#define COT_POLICY_POLICY_FIELDS_H_

#include <string_view>
#include <vector>

#include "cot/policy/document_part.h"
#include "cot/policy/policy.h"
#include "scriptworker/json/value.h"

namespace cot {

// Keys that hold one value per product / one value for all products.
const std::vector<std::string_view>& ProductKeys();
const std::vector<std::string_view>& CommonKeys();

// Reads the value of one key into `product` / `policy`. What is defective is
// reported and left as it was. REQUIRES: `key` is one of the above.
void ReadProductKey(std::string_view key, const scriptworker::json::Value& value, Product& product,
                    ReportDefect report);
void ReadCommonKey(std::string_view key, const scriptworker::json::Value& value, Policy& policy,
                   ReportDefect report);

// What no single key shows: restricted scopes whose level has no trees.
// Pointers are relative to the product (`/cot_restricted_scopes/SCOPE`).
void CheckProduct(const Product& product, ReportDefect report);

}  // namespace cot

#endif  // COT_POLICY_POLICY_FIELDS_H_
