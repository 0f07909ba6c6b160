// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_WRITTEN_SIZE_H_
#define SCRIPTWORKER_JSONE_WRITTEN_SIZE_H_

#include "absl/status/status.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"

namespace scriptworker::jsone {

// Values share their parts, so that a few of them can stand for exponentially many
// once they are written out (a = [1], b = [a, a], c = [b, b], ...).

// Checks what a template hands out: written out it is to have at most limits().max_nodes
// values, max_string_bytes of text and 1000 levels, none of them a function or a number that
// is not finite, which JSON cannot write. Costs a step for each value. Errors: kTemplate for
// such a value, else that of a limit.
absl::Status CheckWrittenSize(const json::Value& value, Budget& budget);

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_WRITTEN_SIZE_H_
