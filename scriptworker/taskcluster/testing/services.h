// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_SERVICES_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_SERVICES_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/authenticator.h"
#include "scriptworker/taskcluster/testing/credential_issuer.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster_options.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {

// The queue, the auth, the object and the worker-manager service and the
// artifact store, and which of them a request is for. A further service is one more list of
// endpoints. Thread-safe.
class Services {
 public:
  // What a request asks for.
  struct Target {
    const Api* api = nullptr;         // null: the store, or nobody
    std::optional<Api::Match> match;  // of the API
    bool storage = false;
    std::string_view endpoint;  // "" if there is none
  };

  // `clock` must outlive this.
  Services(Clock& clock, const FakeTaskclusterOptions& options);

  Target Find(const WireRequest& request) const;
  WireReply Answer(const WireRequest& request, const Target& target);
  // The answer in place of the service's own.
  WireReply AnswerInstead(const WireRequest& request, const Target& target,
                          const Fault& fault) const;

  QueueState& state() { return state_; }
  ObjectStore& objects() { return objects_; }
  CredentialIssuer& issuer() { return issuer_; }

 private:
  void Add(std::string prefix, std::string root_url, std::vector<Endpoint> endpoints);

  Authenticator authenticator_;
  CredentialIssuer issuer_;
  ObjectStore objects_;
  QueueState state_;
  std::vector<std::unique_ptr<Api>> apis_;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_SERVICES_H_
