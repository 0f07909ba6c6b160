// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_SCHEMA_VALIDATOR_H_
#define SCRIPTWORKER_JSON_SCHEMA_VALIDATOR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/json/json_schema.h"
#include "scriptworker/json/schema_node.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

// Checks one instance against a compiled schema.
class SchemaValidator {
 public:
  // `errors` may be nullptr: then the first one ends the check. At most
  // `max_errors` are collected.
  SchemaValidator(std::vector<SchemaError>* errors, size_t max_errors)
      : errors_(errors), max_errors_(max_errors) {}

  // Whether `value` is valid; adds the errors.
  bool Check(const SchemaNode& node, const Value& value);

 private:
  bool CheckKeywords(const SchemaNode& node, const Value& value);
  bool CheckAnyType(const SchemaNode& node, const Value& value);
  bool CheckNumber(const SchemaNode& node, const Value& value);
  bool CheckString(const SchemaNode& node, std::string_view text);
  bool CheckArray(const SchemaNode& node, const Array& array);
  bool CheckElements(const SchemaNode& node, const Array& array);
  bool CheckObject(const SchemaNode& node, const Object& object);
  bool CheckMember(const SchemaNode& node, const Member& member);
  bool CheckDependencies(const SchemaNode& node, const Value& value);
  bool CheckCombinations(const SchemaNode& node, const Value& value);
  bool CheckBelow(const SchemaNode& node, std::string_view token, const Value& value);

  // Whether `value` is valid, without errors.
  bool Matches(const SchemaNode& node, const Value& value);
  // False, having noted an error of the instance at pointer_.
  bool Fail(const SchemaNode& node, std::string_view keyword, std::string message);
  bool MayStop() const { return errors_ == nullptr || errors_->size() >= max_errors_; }

  std::vector<SchemaError>* errors_;
  const size_t max_errors_;
  std::string pointer_;
  int depth_ = 0;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_SCHEMA_VALIDATOR_H_
