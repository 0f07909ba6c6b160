// SPDX-License-Identifier: MPL-2.0
//
// The keys of a policy, one by one: the policy document and the worker's
// configuration hold the same tables under the same names and read them here.
#ifndef COT_POLICY_FIELDS_H_
#define COT_POLICY_FIELDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cot/policy.h"
#include "scriptworker/json/json.h"

namespace cot {

// Receives a defect: an RFC 6901 pointer to the place, relative to the value
// that was read, and a sentence without that place.
using ReportDefect =
    absl::FunctionRef<void(std::string_view pointer, std::string sentence)>;

// Keys that hold one value per product / one value for all products.
const std::vector<std::string_view>& ProductKeys();
const std::vector<std::string_view>& CommonKeys();

// Reads the value of one key into `product` / `policy`. What is defective is
// reported and left as it was. REQUIRES: `key` is one of the above.
void ReadProductKey(std::string_view key,
                    const scriptworker::json::Value& value, Product& product,
                    ReportDefect report);
void ReadCommonKey(std::string_view key, const scriptworker::json::Value& value,
                   Policy& policy, ReportDefect report);

// What no single key shows: restricted scopes whose level has no trees.
// Pointers are relative to the product (`/cot_restricted_scopes/SCOPE`).
void CheckProduct(const Product& product, ReportDefect report);

// One sentence per pair of restricted scopes that some scope would match
// both of; a task that holds such a scope cannot be verified.
std::vector<std::string> OverlappingScopes(const Product& product);

}  // namespace cot

#endif  // COT_POLICY_FIELDS_H_
