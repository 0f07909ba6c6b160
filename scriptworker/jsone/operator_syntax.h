// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_OPERATOR_SYNTAX_H_
#define SCRIPTWORKER_JSONE_OPERATOR_SYNTAX_H_

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// /[a-zA-Z_][a-zA-Z0-9_]*/
bool IsIdentifier(std::string_view text);

// A key such as "each(x, i)": a word and identifiers between parentheses.
struct BindingKey {
  absl::InlinedVector<std::string_view, 3> names;  // empty: the key is no such
  const json::Value* body = nullptr;               // the key's value
};

// Reads `key` as `word`(name, ...) with min_names to max_names identifiers;
// blanks may stand behind the commas.
BindingKey ParseBindingKey(std::string_view key, std::string_view word, size_t min_names,
                           size_t max_names);

// What the properties of an operator's object may be.
struct OperatorShape {
  std::string_view name = {};  // "$map"
  std::initializer_list<std::string_view> others = {};
  std::string_view binding_word = {};  // "each"; empty: none
  size_t min_names = 0;
  size_t max_names = 0;
};

// Error: "$map has undefined properties: a b", in the keys' order.
absl::Status CheckProperties(const OperatorShape& shape, const json::Object& node);

// The binding key among the properties; without names if there is none.
BindingKey FindBinding(const OperatorShape& shape, const json::Object& node);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_OPERATOR_SYNTAX_H_
