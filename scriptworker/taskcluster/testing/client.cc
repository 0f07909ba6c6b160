// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/client.h"

#include <string>
#include <vector>

namespace scriptworker::taskcluster::fake {
namespace {

constexpr char kToken[] = "local0test0only0access0token0000000000000000";

}  // namespace

std::vector<Client> DefaultClients() {
  return {
      {"static/taskcluster/root", kToken, {"*"}},
      {"static/taskcluster/queue", kToken, {"*"}},
      {"static/test/worker", kToken, {"queue:claim-work:*", "queue:worker-id:*"}},
      {"static/test/nothing", kToken, {}},
  };
}

std::vector<std::string> DefaultAnonymousScopes() {
  return {"queue:get-artifact:public/*", "queue:get-task:*",        "queue:status:*",
          "queue:list-artifacts:*",      "queue:list-task-group:*", "queue:list-dependent-tasks:*"};
}

}  // namespace scriptworker::taskcluster::fake
