// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_YAML_FORMAT_H_
#define SCRIPTWORKER_JSON_YAML_FORMAT_H_

#include <string>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// A YAML document in block style, for people: members in insertion order, two
// spaces per level, texts of several lines as blocks, a newline at the end.
// ParseYaml reads back an equal value (up to its limits), since texts are quoted
// whenever YAML 1.1 or 1.2 could read them as something else. An opaque value is
// written as null. REQUIRES: texts are UTF-8.
std::string FormatYaml(const Value& value);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_YAML_FORMAT_H_
