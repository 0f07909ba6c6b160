// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_NUMBER_H_
#define SCRIPTWORKER_JSONE_NUMBER_H_

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::jsone {

// Numbers of json-e. Integers are exact within 64 bit; an operation whose exact
// result is no 64-bit integer gives the nearest double, and one without a
// finite result is an error. A double that is an integer up to 2^53 counts as
// that integer, as in the implementations that know doubles only.

// REQUIRES of all: the operands are numbers.
absl::StatusOr<json::Value> Negated(const json::Value& value);
absl::StatusOr<json::Value> Sum(const json::Value& a, const json::Value& b);
absl::StatusOr<json::Value> Difference(const json::Value& a, const json::Value& b);
absl::StatusOr<json::Value> Product(const json::Value& a, const json::Value& b);
absl::StatusOr<json::Value> Quotient(const json::Value& a, const json::Value& b);
absl::StatusOr<json::Value> Power(const json::Value& base, const json::Value& exponent);
std::partial_ordering Compare(const json::Value& a, const json::Value& b);

// An error unless it is finite; an integer where it is one (see above).
absl::StatusOr<json::Value> FromDouble(double value);

// The value of an integer, also of a double like 2.0; nullopt for any other
// value.
std::optional<int64_t> AsInteger(const json::Value& value);

// As in a string: shortest text that reads back, integers without a point,
// exponents from 1e21 and below 1e-6 ("1e+21", "1e-7"); "Infinity", "-Infinity"
// and "NaN" for what only a context can hold.
std::string NumberText(const json::Value& value);

// The number that a text is: white space around it is ignored, empty is 0;
// decimal with exponent, 0x, 0o, 0b. nullopt for any other text.
std::optional<json::Value> ParseNumber(std::string_view text);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_NUMBER_H_
