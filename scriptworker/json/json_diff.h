// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_JSON_DIFF_H_
#define SCRIPTWORKER_JSON_JSON_DIFF_H_

#include <cstddef>
#include <string>
#include <vector>

#include "scriptworker/json/value.h"

namespace scriptworker::json {

struct Difference {
  enum class Kind { kAdded, kRemoved, kChanged };

  Kind kind;
  // RFC 6901; an array element's index is that in `before` for kRemoved, else
  // that in `after`.
  std::string pointer;
  Value before;  // null for kAdded
  Value after;   // null for kRemoved
};

// The first thousand differences, and fewer where their pointers are long: two documents of a
// megabyte can differ in places whose pointers fill the memory.
struct Differences {
  std::vector<Difference> kept = {};  // the first one always
  size_t left_out = 0;

  size_t size() const { return kept.size() + left_out; }
  bool empty() const { return kept.empty(); }
};

// What must be added, removed and changed to make `after` of `before`; empty if
// and only if they are equal. Objects are compared by key in sorted order;
// arrays by a longest common subsequence while that is cheap (a few thousand
// elements, in all arrays of the documents), so that one inserted element is one
// difference, else by index.
Differences Diff(const Value& before, const Value& after);

// One line per difference, for people:
//   changed /payload/maxRunTime: 3600 -> 7200
//   added /scopes/3: "queue:x"
// Values are compact JSON, cut at `max_value_bytes`, and pointers are cut, too. Of many
// differences the last line says how many more there are. Ends with a newline unless empty.
std::string FormatDifferences(const Differences& differences, size_t max_value_bytes = 200);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_JSON_DIFF_H_
