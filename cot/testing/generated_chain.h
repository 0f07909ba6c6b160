// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_GENERATED_CHAIN_H_
#define COT_TESTING_GENERATED_CHAIN_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cot/testing/chain_facts.h"
#include "cot/testing/generated_pages.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/value.h"

namespace cot {

// A task of a generated chain.
struct GeneratedTask {
  std::string id = {};
  std::string worker = {};                            // whose key signs
  scriptworker::json::Value definition = {};          // as the queue answers
  std::map<std::string, std::string> artifacts = {};  // name -> content
  scriptworker::json::Value environment = {};         // of its chain-of-trust.json
  std::string state = "completed";
  scriptworker::json::Value cot = {};  // chain-of-trust.json; from Seal() on
};

// A good chain: all its tasks and what the queue, their artifacts, hg and GitHub say. It
// shares no code with the rules. All is the same for the same description.
//
// Tests make it bad: they change `tasks` and `pages`, then Seal() writes the chain-of-trust
// files about them; then they may change those; Publish() signs and makes the answers, which
// may be changed last. As a transport it answers for all hosts: 404 what is not there.
// Sending is thread-safe once it is published.
class GeneratedChain final : public scriptworker::http::Transport {
 public:
  explicit GeneratedChain(const ChainDescription& description);

  const ChainFacts& facts() const { return facts_; }

  // By role: "target", "build", "decision", and as described "action", "image" and
  // "old-decision" (of the cached image).
  std::map<std::string, GeneratedTask, std::less<>> tasks;
  GeneratedPages pages;
  scriptworker::json::Value policy;

  // Writes the task graphs of the decision and action tasks anew, from the definitions.
  void MakeGraphs();
  // Puts all that is at git.example.com to github.com, in whose URLs there is a short form.
  void MoveToGithub();
  void Seal();
  // Seals, if that has not happened.
  void Publish();

  struct Answer {
    int status = 200;
    std::string body = {};
    std::string content_type = "application/json; charset=utf-8";
    std::string location = {};
    bool needs_token = false;
    bool needs_bewit = false;  // a URL signed by kGeneratedClient
  };
  // By URL, with its path percent-decoded; without the query of signed URLs.
  std::map<std::string, Answer, std::less<>> answers;
  std::string TaskUrl(std::string_view role) const;
  // Where the queue redirects to, for all but chain-of-trust.json and its signature.
  std::string ArtifactUrl(std::string_view role, std::string_view name) const;
  std::string StoreUrl(std::string_view role, std::string_view name) const;

  absl::StatusOr<scriptworker::http::Response> Send(
      const scriptworker::http::Request& request) override;
  // URLs as in `answers`, in the order in which they came.
  std::vector<std::string> requests() const;

 private:
  GeneratedTask& AddTask(std::string_view role, std::string_view worker,
                         scriptworker::json::Value definition);
  void AddParentFiles(std::string_view role);
  void AddImage();
  void PublishTask(std::string_view role, const GeneratedTask& task);
  absl::StatusOr<scriptworker::http::Response> SendOne(const scriptworker::http::Request& request);

  ChainFacts facts_;
  bool sealed_ = false;
  mutable absl::Mutex mutex_;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace cot

#endif  // COT_TESTING_GENERATED_CHAIN_H_
