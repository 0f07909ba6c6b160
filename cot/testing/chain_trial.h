// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_CHAIN_TRIAL_H_
#define COT_TESTING_CHAIN_TRIAL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"
#include "cot/testing/generated_chain.h"
#include "cot/verdict.h"
#include "cot/verifier.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/testing/memory_logger.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/credentials.h"

namespace cot {

// Verifies a generated chain as the worker would: the target runs, its definition comes
// from the queue. Without pauses between attempts.
class ChainTrial {
 public:
  explicit ChainTrial(GeneratedChain& chain) : chain_(chain) {}

  // What the caller asks for otherwise.
  std::function<void(VerifyRequest&)> change_request;
  // In place of the chain's own, which takes a while to read. Borrowed.
  const Policy* policy = nullptr;
  // Of Taskcluster; without them nothing private is readable.
  std::optional<scriptworker::taskcluster::Credentials> credentials = std::nullopt;
  // Answers in place of the chain. Borrowed.
  scriptworker::http::Transport* transport = nullptr;
  // Called with each line of the log.
  std::function<void(std::string_view)> on_log;

  // Publishes the chain, if that has not happened. Errors: the policy or the target's
  // definition could not be had, and those of Verify.
  absl::StatusOr<Verdict> Run();

  // Of the verdict, each once, sorted. What is not refused has none.
  static std::vector<Violation> ViolationsOf(const Verdict& verdict);

  const std::string& work_dir() const { return work_dir_.path(); }
  std::vector<std::string> log() const { return logger_.lines(); }

 private:
  GeneratedChain& chain_;
  scriptworker::SystemClock clock_;
  scriptworker::TempDir work_dir_;
  scriptworker::MemoryLogger logger_;
};

}  // namespace cot

#endif  // COT_TESTING_CHAIN_TRIAL_H_
