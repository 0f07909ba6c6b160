// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_JSON_H_
#define SCRIPTWORKER_JSON_JSON_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

struct ParseOptions {
  // Names the text in errors: a file name or URL. Must outlive the call.
  std::string_view source = "JSON";
  // Arrays and objects nested deeper are refused.
  int max_depth = 512;
  // Off: a repeated key is an error. On: the last value wins and the first
  // place is kept, as in Python.
  bool allow_duplicate_keys = false;
  // Off: an integer outside [INT64_MIN, UINT64_MAX] is an error, since it could
  // not be kept exactly. On: it becomes the nearest double.
  bool allow_big_integers = false;
};

// Parses one RFC 8259 text, strictly: UTF-8 without byte order mark, no NaN or
// Infinity, no number that overflows a double, no lone surrogate, nothing after
// the value but white space. Integers within 64 bit are exact; -0 is 0, as in
// Python. Errors are kInvalidArgument, "SOURCE:LINE:COLUMN: what is wrong",
// with columns counted in bytes from 1.
absl::StatusOr<Value> Parse(std::string_view text, const ParseOptions& options = {});

// As Parse, but the text may go on after the first value; `*consumed` is the
// offset behind it.
absl::StatusOr<Value> ParsePrefix(std::string_view text, size_t* consumed,
                                  const ParseOptions& options = {});

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_JSON_H_
