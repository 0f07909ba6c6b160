// SPDX-License-Identifier: MPL-2.0
//
// The published schemas of the payloads that the fake takes, cut down to what
// restricts them, and a checker for as much of JSON Schema as they use. The
// messages are those of the services' validator (Ajv), in its order.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_SCHEMA_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_SCHEMA_H_

#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster::fake {

// What is wrong with `payload` by the schema of that name, "claim-work-request";
// empty if nothing is, or if there is no such schema.
std::vector<std::string> CheckAgainstSchema(std::string_view schema, const json::Value& payload);

// `payload` with the defaults of its schema for the members that it lacks.
json::Value WithDefaults(std::string_view schema, const json::Value& payload);

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_SCHEMA_H_
