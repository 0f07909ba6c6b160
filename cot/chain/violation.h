// SPDX-License-Identifier: MPL-2.0
//
// Every way in which a chain of trust can fail to be one.
#ifndef COT_CHAIN_VIOLATION_H_
#define COT_CHAIN_VIOLATION_H_

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"

namespace cot {

// The steps of verifier.h; the numbers are those of docs/chain_of_trust.md.
enum class Step {
  kBuildChain = 1,
  kSignatures = 2,
  kArtifacts = 3,
  kTaskTypes = 4,
  kWorkerImplementations = 5,
  kRebuiltDefinitions = 6,
  kSourceTree = 7,
};
std::string_view StepTitle(Step step);

enum class Violation {
  // 1. The chain.
  kMalformedTask,
  kInvalidTaskType,
  kUnknownWorkerImplementation,
  kAmbiguousWorkerImplementation,
  kContradictoryTaskQueue,  // taskQueueId against provisionerId/workerType
  kMalformedParent,         // extra.parent is there and no task id
  kMalformedDependency,     // chainOfTrust.inputs, upstreamArtifacts
  kIllegalUpstreamPath,
  kChainTooDeep,
  kChainTooLong,
  kTaskMissing,  // the queue knows no such task
  kEmptyChain,
  // 2. Chain-of-trust files.
  kCotMissing,
  kSignatureMissing,
  kNoTrustedKey,
  kBadSignature,
  kMalformedCot,
  kCotTaskIdMismatch,
  kCotRunIdMismatch,
  kCotTaskMismatch,  // the definition in the file is not the queue's
  // 3. Artifacts.
  kArtifactNotInCot,
  kArtifactMissing,
  kIllegalArtifactName,
  kArtifactPathTwice,
  kNoArtifactHash,
  kHashAlgorithmNotAllowed,
  kMalformedArtifactHash,
  kArtifactHashMismatch,
  kArtifactTooLarge,
  // 4. By task type.
  kNotFromScriptworker,
  kDockerImageWorkerPool,
  kDecisionWorkerPool,
  kMalformedTaskGraph,
  kNoTaskGraph,  // no decision or action task of the chain made this task
  kTaskNotInTaskGraph,
  kDependenciesDiffer,
  kTaskDiffersFromTaskGraph,
  // 5. By worker implementation.
  kMalformedPayload,
  kInteractive,
  kDockerImageTaskDiffers,
  kDockerImageHashMissing,
  kDockerImageHashMismatch,
  kIndexedImage,
  kPrebuiltImage,
  kUnknownImageType,
  // 6. Rebuilt definitions.
  kTasksForNotAllowed,
  kUnsupportedVcs,
  kTemplateMissing,
  kMalformedTemplate,
  kMalformedEvidence,  // pushlog, projects.yml, GitHub answer, parameters ...
  kEvidenceMissing,    // a definite 404 of what is required
  kUnknownProject,
  kCommentMismatch,
  kActionNotFound,
  kUnknownActionKind,
  kJsoneError,
  kActionTaskGroupId,
  kRebuiltDefinitionDiffers,
  // 7. The source tree.
  kSourceMissing,
  kSourceMismatch,
  kAmbiguousRestrictedScope,
  kRepoNotAllowedForScope,
  kRepoDiffersFromTarget,
  kUntrustedRepo,
  kTryOrPullRequest,
};

// "kBadSignature": stable; it is what tests, the JSON verdict and docs say.
std::string_view ViolationName(Violation violation);

// One failed check. `message` is the reference's sentence where it has one,
// since people search their logs for it.
struct Finding {
  Violation violation = Violation::kMalformedTask;
  Step step = Step::kBuildChain;
  std::string link_name = {};  // "signing:build"; empty: the whole chain
  std::string task_id = {};
  std::string message = {};
  std::string expected = {};  // empty where there is nothing to compare
  std::string found = {};
  std::string source = {};  // a redacted URL (of what was judged), or a configuration key
  std::string diff = {};    // of documents, readable, of several lines
};

// What is wrong, and with which task: findings that agree in it are one defect, whichever
// question or step came upon it.
using Defect = std::tuple<Violation, std::string, std::string>;
Defect DefectOf(const Finding& finding);

// As a Status: kPermissionDenied, with the message and the finding as payload.
// A rule returns it for what is refused; any other code means that the rule
// could not be applied (kUnavailable: evidence could not be had).
absl::Status ToStatus(const Finding& finding);
std::optional<Finding> GetFinding(const absl::Status& status);
// The finding in the status, or, if it carries none, one that says its message.
// REQUIRES: it is not OK.
Finding FindingOf(const absl::Status& status);
// The error, with a source if it is a finding that has none.
absl::Status WithSource(const absl::Status& error, std::string_view source);

// "STEP. LINK TASKID: MESSAGE", then indented lines for the rest.
std::string FormatFinding(const Finding& finding);

}  // namespace cot

#endif  // COT_CHAIN_VIOLATION_H_
