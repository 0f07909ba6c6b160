// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_BUILTINS_H_
#define SCRIPTWORKER_JSONE_BUILTINS_H_

#include "scriptworker/json/object.h"

namespace scriptworker::jsone {

// The functions that every template can call, by name: min max sqrt ceil floor
// abs range lowercase uppercase str number len strip lstrip rstrip split join
// fromNow typeof defined. Wrong arguments are kBuiltin errors.
json::Object MakeBuiltins();

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_BUILTINS_H_
