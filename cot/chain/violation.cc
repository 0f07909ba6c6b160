// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/violation.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

namespace json = scriptworker::json;

constexpr std::string_view kPayloadUrl = "scriptworker.cot/finding";

void AppendIndented(std::string_view label, std::string_view text, std::string& out) {
  text = absl::StripSuffix(text, "\n");
  if (text.empty()) return;
  absl::StrAppend(&out, "\n    ", label, ": ", absl::StrReplaceAll(text, {{"\n", "\n      "}}));
}

std::string StringMember(const json::Value& object, std::string_view key) {
  const json::Value* value = object.Find(key);
  return value != nullptr && value->is_string() ? std::string(value->string_value())
                                                : std::string();
}

int64_t IntMember(const json::Value& object, std::string_view key) {
  const json::Value* value = object.Find(key);
  return value != nullptr && value->is_int() ? value->int_value() : 0;
}

}  // namespace

std::string_view StepTitle(Step step) {
  switch (step) {
    case Step::kBuildChain:
      return "build the chain";
    case Step::kSignatures:
      return "check the chain-of-trust files and their signatures";
    case Step::kArtifacts:
      return "check the artifacts";
    case Step::kTaskTypes:
      return "check each task by its type";
    case Step::kWorkerImplementations:
      return "check each task by its worker implementation";
    case Step::kRebuiltDefinitions:
      return "rebuild each decision and action task";
    case Step::kSourceTree:
      return "trace back to the tree";
  }
  return "";
}

std::string_view ViolationName(Violation violation) {
  switch (violation) {
    case Violation::kMalformedTask:
      return "kMalformedTask";
    case Violation::kInvalidTaskType:
      return "kInvalidTaskType";
    case Violation::kUnknownWorkerImplementation:
      return "kUnknownWorkerImplementation";
    case Violation::kAmbiguousWorkerImplementation:
      return "kAmbiguousWorkerImplementation";
    case Violation::kContradictoryTaskQueue:
      return "kContradictoryTaskQueue";
    case Violation::kMalformedParent:
      return "kMalformedParent";
    case Violation::kMalformedDependency:
      return "kMalformedDependency";
    case Violation::kIllegalUpstreamPath:
      return "kIllegalUpstreamPath";
    case Violation::kChainTooDeep:
      return "kChainTooDeep";
    case Violation::kChainTooLong:
      return "kChainTooLong";
    case Violation::kTaskMissing:
      return "kTaskMissing";
    case Violation::kEmptyChain:
      return "kEmptyChain";
    case Violation::kCotMissing:
      return "kCotMissing";
    case Violation::kSignatureMissing:
      return "kSignatureMissing";
    case Violation::kNoTrustedKey:
      return "kNoTrustedKey";
    case Violation::kBadSignature:
      return "kBadSignature";
    case Violation::kMalformedCot:
      return "kMalformedCot";
    case Violation::kCotTaskIdMismatch:
      return "kCotTaskIdMismatch";
    case Violation::kCotRunIdMismatch:
      return "kCotRunIdMismatch";
    case Violation::kCotTaskMismatch:
      return "kCotTaskMismatch";
    case Violation::kArtifactNotInCot:
      return "kArtifactNotInCot";
    case Violation::kArtifactMissing:
      return "kArtifactMissing";
    case Violation::kIllegalArtifactName:
      return "kIllegalArtifactName";
    case Violation::kArtifactPathTwice:
      return "kArtifactPathTwice";
    case Violation::kNoArtifactHash:
      return "kNoArtifactHash";
    case Violation::kHashAlgorithmNotAllowed:
      return "kHashAlgorithmNotAllowed";
    case Violation::kMalformedArtifactHash:
      return "kMalformedArtifactHash";
    case Violation::kArtifactHashMismatch:
      return "kArtifactHashMismatch";
    case Violation::kArtifactTooLarge:
      return "kArtifactTooLarge";
    case Violation::kNotFromScriptworker:
      return "kNotFromScriptworker";
    case Violation::kDockerImageWorkerPool:
      return "kDockerImageWorkerPool";
    case Violation::kDecisionWorkerPool:
      return "kDecisionWorkerPool";
    case Violation::kMalformedTaskGraph:
      return "kMalformedTaskGraph";
    case Violation::kNoTaskGraph:
      return "kNoTaskGraph";
    case Violation::kTaskNotInTaskGraph:
      return "kTaskNotInTaskGraph";
    case Violation::kDependenciesDiffer:
      return "kDependenciesDiffer";
    case Violation::kTaskDiffersFromTaskGraph:
      return "kTaskDiffersFromTaskGraph";
    case Violation::kMalformedPayload:
      return "kMalformedPayload";
    case Violation::kInteractive:
      return "kInteractive";
    case Violation::kDockerImageTaskDiffers:
      return "kDockerImageTaskDiffers";
    case Violation::kDockerImageHashMissing:
      return "kDockerImageHashMissing";
    case Violation::kDockerImageHashMismatch:
      return "kDockerImageHashMismatch";
    case Violation::kIndexedImage:
      return "kIndexedImage";
    case Violation::kPrebuiltImage:
      return "kPrebuiltImage";
    case Violation::kUnknownImageType:
      return "kUnknownImageType";
    case Violation::kTasksForNotAllowed:
      return "kTasksForNotAllowed";
    case Violation::kUnsupportedVcs:
      return "kUnsupportedVcs";
    case Violation::kTemplateMissing:
      return "kTemplateMissing";
    case Violation::kMalformedTemplate:
      return "kMalformedTemplate";
    case Violation::kMalformedEvidence:
      return "kMalformedEvidence";
    case Violation::kEvidenceMissing:
      return "kEvidenceMissing";
    case Violation::kUnknownProject:
      return "kUnknownProject";
    case Violation::kCommentMismatch:
      return "kCommentMismatch";
    case Violation::kActionNotFound:
      return "kActionNotFound";
    case Violation::kUnknownActionKind:
      return "kUnknownActionKind";
    case Violation::kJsoneError:
      return "kJsoneError";
    case Violation::kActionTaskGroupId:
      return "kActionTaskGroupId";
    case Violation::kRebuiltDefinitionDiffers:
      return "kRebuiltDefinitionDiffers";
    case Violation::kSourceMissing:
      return "kSourceMissing";
    case Violation::kSourceMismatch:
      return "kSourceMismatch";
    case Violation::kAmbiguousRestrictedScope:
      return "kAmbiguousRestrictedScope";
    case Violation::kRepoNotAllowedForScope:
      return "kRepoNotAllowedForScope";
    case Violation::kRepoDiffersFromTarget:
      return "kRepoDiffersFromTarget";
    case Violation::kUntrustedRepo:
      return "kUntrustedRepo";
    case Violation::kTryOrPullRequest:
      return "kTryOrPullRequest";
  }
  return "kMalformedTask";
}

Defect DefectOf(const Finding& finding) {
  return {finding.violation, finding.task_id, finding.message};
}

absl::Status ToStatus(const Finding& finding) {
  absl::Status status = absl::PermissionDeniedError(finding.message);
  json::Object payload;
  payload.Set("violation", static_cast<int>(finding.violation));
  payload.Set("step", static_cast<int>(finding.step));
  payload.Set("link_name", finding.link_name);
  payload.Set("task_id", finding.task_id);
  payload.Set("message", finding.message);
  payload.Set("expected", finding.expected);
  payload.Set("found", finding.found);
  payload.Set("source", finding.source);
  payload.Set("diff", finding.diff);
  status.SetPayload(kPayloadUrl, absl::Cord(json::FormatCompact(json::Value(std::move(payload)))));
  return status;
}

std::optional<Finding> GetFinding(const absl::Status& status) {
  const std::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  const absl::StatusOr<json::Value> value = json::Parse(std::string(*payload));
  if (!value.ok()) return std::nullopt;
  return Finding{.violation = static_cast<Violation>(IntMember(*value, "violation")),
                 .step = static_cast<Step>(IntMember(*value, "step")),
                 .link_name = StringMember(*value, "link_name"),
                 .task_id = StringMember(*value, "task_id"),
                 .message = StringMember(*value, "message"),
                 .expected = StringMember(*value, "expected"),
                 .found = StringMember(*value, "found"),
                 .source = StringMember(*value, "source"),
                 .diff = StringMember(*value, "diff")};
}

Finding FindingOf(const absl::Status& status) {
  if (std::optional<Finding> finding = GetFinding(status)) return *std::move(finding);
  return {.message = std::string(status.message())};
}

absl::Status WithSource(const absl::Status& error, std::string_view source) {
  std::optional<Finding> finding = GetFinding(error);
  if (!finding.has_value() || !finding->source.empty()) return error;
  finding->source = std::string(source);
  return ToStatus(*finding);
}

std::string FormatFinding(const Finding& finding) {
  std::string said = finding.message;
  const std::string label = absl::StrCat(finding.link_name, " ", finding.task_id);
  if (!finding.link_name.empty() && !absl::StartsWith(said, label)) {
    said = absl::StrCat(label, ": ", said);
  }
  // What is behind a line break must not look like another part of the verdict.
  std::string text = absl::StrCat(static_cast<int>(finding.step), ". ",
                                  absl::StrReplaceAll(said, {{"\n", "\n      "}}), " [",
                                  ViolationName(finding.violation), "]");
  AppendIndented("expected", finding.expected, text);
  AppendIndented("found", finding.found, text);
  AppendIndented("source", finding.source, text);
  AppendIndented("diff", finding.diff, text);
  return text;
}

}  // namespace cot
