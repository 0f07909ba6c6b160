// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_INDENTED_JSON_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_INDENTED_JSON_H_

#include <string>

#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {

// As JavaScript's JSON.stringify(value, null, 2): members in their order.
std::string IndentedJson(const json::Value& value);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_INDENTED_JSON_H_
