// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_SMALL_CHAIN_H_
#define COT_TESTING_SMALL_CHAIN_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cot/policy/policy.h"
#include "scriptworker/crypto/ed25519.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"

namespace cot {

inline constexpr std::string_view kSmallTarget = "TargetAAQACAAAAAAAAAAA";
inline constexpr std::string_view kSmallBuild = "BuildBAAQACAAAAAAAAAAA";
inline constexpr std::string_view kSmallDecision = "DecisionQACAAAAAAAAAAA";
inline constexpr std::string_view kSmallRootUrl = "https://firefox-ci-tc.services.mozilla.com";

// The smallest good chain: a signing task of product "adhoc" with a privileged
// scope, the build whose artifacts it signs, and the decision task of a push to
// GitHub that made both; with all that the queue and GitHub say about it. The
// build has public/target.zip (mandatory), public/notes.txt (optional) and
// public/logs/{a,b}.log (by an optional pattern); it lacks public/never.txt
// (optional).
//
// As a transport it answers for all hosts; unknown URLs are 404. Members are
// changed before Publish(), answers after it. Sending is thread-safe.
class SmallChain final : public scriptworker::http::Transport {
 public:
  SmallChain();  // not published yet

  // By task id. All are as JSON, with the members that tests change.
  std::map<std::string, scriptworker::json::Value, std::less<>> tasks;
  std::map<std::string, std::map<std::string, std::string>, std::less<>> artifacts;
  // Task id -> state of its only run; "completed" where absent.
  std::map<std::string, std::string, std::less<>> states = {{std::string(kSmallTarget), "running"}};
  // Signs the chain-of-trust.json files.
  scriptworker::crypto::Ed25519PrivateKey key;

  // Makes the answers. The target has a chain-of-trust.json if it is completed.
  void Publish();

  struct Answer {
    int status = 200;
    std::string body = {};
    std::string content_type = "application/json";
    std::string location = {};
  };
  // By URL, percent-decoded, without query.
  std::map<std::string, Answer, std::less<>> answers;
  // URLs whose first answer is a 404.
  std::set<std::string, std::less<>> late;
  static std::string TaskUrl(std::string_view task_id);
  static std::string ArtifactUrl(std::string_view task_id, std::string_view name);

  // The built-in policy with the public key of `key` instead of its own.
  Policy policy() const;

  absl::StatusOr<scriptworker::http::Response> Send(
      const scriptworker::http::Request& request) override;
  // URLs as in `answers`, in the order in which they came.
  std::vector<std::string> requests() const;

 private:
  void PublishTask(const std::string& task_id);
  void PublishCot(const std::string& task_id);
  absl::StatusOr<scriptworker::http::Response> SendOne(const scriptworker::http::Request& request);

  mutable absl::Mutex mutex_;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace cot

#endif  // COT_TESTING_SMALL_CHAIN_H_
