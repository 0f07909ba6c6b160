// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_CLIENT_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_CLIENT_H_

#include <string>
#include <vector>

namespace scriptworker::taskcluster::fake {

// A client with permanent credentials that the fake auth service knows.
struct Client {
  std::string client_id;
  std::string access_token;
  std::vector<std::string> scopes;
};

// static/taskcluster/root and static/taskcluster/queue with `*`,
// static/test/worker with `queue:claim-work:*` and `queue:worker-id:*`,
// static/test/nothing with none. Their access token is not a secret.
std::vector<Client> DefaultClients();

// Reading public artifacts, definitions, states and lists.
std::vector<std::string> DefaultAnonymousScopes();

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_CLIENT_H_
