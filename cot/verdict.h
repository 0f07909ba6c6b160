// SPDX-License-Identifier: MPL-2.0
#ifndef COT_VERDICT_H_
#define COT_VERDICT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_body.h"
#include "scriptworker/json/value.h"

namespace cot {

// What one step did.
struct StepVerdict {
  Step step = Step::kBuildChain;
  // How many single checks were made, successful or not. A step that checked nothing has
  // not passed, unless Verdict::not_checked says why there was nothing.
  int checks = 0;
  int violations = 0;
  absl::Duration duration = {};
};

struct LinkVerdict {
  std::string name = {};
  std::string task_id = {};
  std::string task_type = {};
  std::string worker_impl = {};
  std::string worker_pool = {};
  bool is_target = false;
  bool cot_trusted = false;  // never for a target that is not checked itself
  std::string key = {};      // base64 of the key that signed; empty if unchecked
};

struct ArtifactVerdict {
  std::string task_id = {};
  std::string name = {};
  std::string path = {};
  ArtifactHashes hashes = {};
  int64_t size = 0;
};

// An optional artifact that the script will not find.
struct AbsentArtifact {
  std::string task_id = {};
  std::string name = {};
  std::string reason = {};
  std::string violation = {};  // name of it, if one is the reason
};

// All that one verification found out. A value; thread-compatible.
struct Verdict {
  enum class Outcome {
    kVerified,
    kRefused,              // at least one violation, whatever else there is
    kEvidenceUnavailable,  // no violation, but something could not be had
    kFailed,               // a fault of this machine and no violation, or cancelled
  };

  Outcome outcome = Outcome::kFailed;
  std::string task_id = {};
  std::string task_type = {};
  std::string product = {};
  std::vector<StepVerdict> steps = {};  // those that ran, in order
  std::vector<LinkVerdict> links = {};  // target first, then as they were found
  std::vector<ArtifactVerdict> artifacts = {};
  std::vector<AbsentArtifact> absent = {};
  std::vector<Finding> findings = {};         // by step, then in the order of the links
  std::vector<std::string> unavailable = {};  // what could not be had, and why
  // Violations beyond VerdictBuilder::kMaxFindings; they are in no list.
  int64_t findings_left_out = 0;
  // In words: what was left out on demand, and what could not be known and was taken as good.
  std::vector<std::string> not_checked = {};
  // What stopped the verification (kFailed, or kRefused by what was found before).
  absl::Status failure = {};
};

// "verified", "refused", "evidence unavailable", "failed".
std::string_view ToString(Verdict::Outcome outcome);

// OK; kPermissionDenied with the first finding and all messages; kUnavailable; or
// the failure itself.
absl::Status ToStatus(const Verdict& verdict);

// The process's: 0, 3, 4, 5 (docs/verdict.md).
int ExitStatus(const Verdict& verdict);

// The machine-readable form; docs/verdict.md is its schema. The only values that
// differ between two runs over the same evidence are those of `timings`, the last
// member.
scriptworker::json::Value ToJson(const Verdict& verdict);

// For people: the chain as a tree with a mark per link, the steps, one block per
// violation. Ends with a newline.
std::string FormatVerdict(const Verdict& verdict);

}  // namespace cot

#endif  // COT_VERDICT_H_
