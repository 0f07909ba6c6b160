// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_SCALAR_H_
#define SCRIPTWORKER_JSON_YAML_SCALAR_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

// The types of YAML 1.1 scalars, with the spellings that PyYAML's safe loader
// knows (its resolver.py), which are narrower than those of yaml.org/type: 1e5
// is a string, "y" is a string.
enum class YamlScalarType {
  kString,
  kNull,
  kBool,
  kInt,
  kFloat,
  kTimestamp,
  kMerge,    // <<
  kDefault,  // =
};

// The type of a scalar without quotes and without a tag.
YamlScalarType ClassifyYamlScalar(std::string_view text);

// The value of a scalar of type `type`; `text` may be one that
// ClassifyYamlScalar takes for another type, when the document states the type
// (!!float 1). A timestamp stays a string. kInvalidArgument, without a position,
// when there is no such value. An integer beyond 64 bits is an error, or the
// nearest double with `allow_big_integers`.
absl::StatusOr<Value> ConstructYamlScalar(YamlScalarType type, std::string_view text,
                                          bool allow_big_integers = false);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_SCALAR_H_
