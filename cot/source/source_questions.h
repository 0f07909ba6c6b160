// SPDX-License-Identifier: MPL-2.0
#ifndef COT_SOURCE_SOURCE_QUESTIONS_H_
#define COT_SOURCE_SOURCE_QUESTIONS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/chain/chain.h"
#include "cot/chain/link.h"
#include "cot/chain/task_origin.h"
#include "cot/chain/tasks_for.h"
#include "cot/parent/jsone_context.h"
#include "cot/policy/policy.h"
#include "cot/policy/source_hosts.h"
#include "cot/source/source_facts.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/task_pool.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// What a decision or action task is rebuilt from, as far as hg and GitHub have it.
struct SourceAnswers {
  const Link* decision = nullptr;  // of the task's group, itself for a decision task
  absl::StatusOr<TasksFor> tasks_for = absl::UnknownError("not known");
  scriptworker::json::Value document = {};  // .taskcluster.yml
  ContextFacts facts = {};                  // without parameters and actions
  std::vector<absl::Status> errors = {};    // OK or not, in the order of the questions
};

// Asks hg and GitHub what the rules will need to know about a chain, all at the same
// time and beside the steps that fetch artifacts: only the chain's definitions say what
// there is to ask. For one thread; the questions run on others.
class SourceQuestions {
 public:
  // Borrows all. At most `max_parallel` questions at a time.
  SourceQuestions(const Policy& policy, const Product& product, SourceFacts& facts,
                  scriptworker::Logger& logger, int max_parallel,
                  scriptworker::CancellationToken cancellation);

  // `chain` must outlive this. With `ask_origins` also whether the tasks are of a try
  // push or a pull request. REQUIRES: not called before.
  void Start(const Chain& chain, bool ask_origins);

  // Wait for all answers. Violations of the answers: those of SourceFacts, TasksForOf,
  // kMalformedParent, and kEvidenceMissing for an action whose decision task is one, too: it
  // could be that task itself.
  SourceAnswers& AwaitAnswers(const Link& parent);
  // One for each of Chain::AllLinks(), if they were asked for: kTryOrPullRequest, those
  // of FindPullRequestSigns, or OK.
  std::vector<absl::Status> AwaitOrigins();
  // The tasks of private repositories, for which nothing can be asked: taken for landed, as in
  // the reference.
  const std::vector<const Link*>& assumed_to_have_landed() const { return assumed_to_have_landed_; }

 private:
  // What the tasks themselves say, and what GitHub has to be asked.
  struct Origin {
    const Link* link = nullptr;
    absl::Status verdict = absl::OkStatus();
    std::vector<LandedQuestion> must_have_landed = {};
  };

  void Ask(const Chain& chain, const Link& parent);
  void AskOrigin(const Link& link);

  const SourceHosts& hosts_;
  const Product& product_;
  SourceFacts& facts_;
  scriptworker::Logger& logger_;
  const scriptworker::CancellationToken cancellation_;
  absl::flat_hash_map<scriptworker::taskcluster::TaskId, std::unique_ptr<SourceAnswers>> answers_;
  std::vector<Origin> origins_;
  std::vector<const Link*> assumed_to_have_landed_;
  // By repository and revision: each is asked once. References stay valid.
  std::map<std::pair<std::string, std::string>, absl::StatusOr<bool>> landed_;
  scriptworker::TaskPool pool_;  // last: its tasks use all of the above
};

}  // namespace cot

#endif  // COT_SOURCE_SOURCE_QUESTIONS_H_
