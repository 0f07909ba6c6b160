// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_FORMAT_H_
#define SCRIPTWORKER_JSON_FORMAT_H_

#include <string>
#include <string_view>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

// The canonical text: exactly the bytes of Python's
// json.dumps(value, indent=2, sort_keys=True), which is what the chain-of-trust
// file is signed as. Two spaces per level, keys in the order of their code
// points, ASCII only (\uXXXX, surrogate pairs above U+FFFF), doubles as
// Python's repr() writes them, no newline at the end. A double that is not
// finite is written as Python does (NaN, Infinity, -Infinity), which is no
// JSON. Bytes that are no UTF-8 become U+FFFD; an opaque value is written as
// null.
std::string Format(const Value& value);

// One line, members in insertion order, "," and ":" without blanks; otherwise
// as above. The reference's wire format.
std::string FormatCompact(const Value& value);

// Python's repr(float): the shortest text that reads back as `value`, "1.0",
// "1e+16", "nan", "inf".
std::string FormatDouble(double value);

// The JSON string literal of `text`, quotes included, as in Format.
std::string FormatString(std::string_view text);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_FORMAT_H_
