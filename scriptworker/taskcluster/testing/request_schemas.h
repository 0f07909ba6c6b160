// SPDX-License-Identifier: MPL-2.0
//
// Taskcluster 106's schemas of request payloads, without titles, descriptions
// and references to other documents.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_SCHEMAS_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_SCHEMAS_H_

namespace scriptworker::taskcluster::fake {

// A JSON object: name of the schema, schema.
extern const char kRequestSchemas[];

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_REQUEST_SCHEMAS_H_
