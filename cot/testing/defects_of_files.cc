// SPDX-License-Identifier: MPL-2.0
// Steps 1 to 3: the chain, its chain-of-trust files, its artifacts.
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/testing/chain_defects.h"
#include "cot/testing/generated_tasks.h"
#include "cot/testing/json_edit.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kCotName = "public/chain-of-trust.json";
constexpr std::string_view kSignatureName = "public/chain-of-trust.json.sig";
constexpr std::string_view kTargetZip = "public/build/target.zip";
// Where that artifact's hashes are in the build's file.
constexpr std::string_view kTargetHashes = "/artifacts/public~1build~1target.zip";

ChainDescription By(std::string_view worker) { return {.worker = std::string(worker)}; }

GeneratedTask& TaskOf(GeneratedChain& chain, std::string_view role) {
  return chain.tasks.find(role)->second;
}

GeneratedChain::Answer& AnswerTo(GeneratedChain& chain, const std::string& url) {
  return chain.answers.find(url)->second;
}

// A task without anything by which its worker implementation could be told.
void HideWorker(GeneratedChain& chain) {
  Value& build = DefinitionOf(chain, "build");
  RemoveAt(build, "/payload/mounts");
  RemoveAt(build, "/payload/osGroups");
  RemoveAt(build, "/tags/worker-implementation");
  chain.MakeGraphs();
}

// 25 builds, each an input of the one before.
void MakeDeep(GeneratedChain& chain) {
  std::string last = "build";
  for (int i = 1; i <= 25; ++i) {
    const std::string role = absl::StrCat("build-", i);
    GeneratedTask& task = chain.tasks[role];
    task = TaskOf(chain, "build");
    task.id = chain.facts().TaskId(role);
    SetAt(DefinitionOf(chain, last), "/extra/chainOfTrust",
          Object{{"inputs", Object{{"build", task.id}}}});
    last = role;
  }
  chain.MakeGraphs();
}

// S + L instead of S: the same point, another encoding (RFC 8032, 5.1.7 refuses it).
void AddOrderToS(std::string& signature) {
  constexpr unsigned char kOrder[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                        0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                        0,    0,    0,    0,    0,    0,    0,    0,
                                        0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    const unsigned sum = static_cast<unsigned char>(signature[32 + i]) + kOrder[i] + carry;
    signature[32 + i] = static_cast<char>(sum & 0xff);
    carry = sum >> 8;
  }
}

void ChangeSignature(GeneratedChain& chain, const std::function<void(std::string&)>& change) {
  change(AnswerTo(chain, chain.StoreUrl("build", kSignatureName)).body);
}

// The script wants an artifact whose path another file needs.
ChainDefect WithArtifact(std::string name, const std::string& artifact) {
  return {.name = std::move(name),
          .violations = {Violation::kArtifactPathTwice},
          .tasks = [artifact](GeneratedChain& c) {
            TaskOf(c, "build").artifacts[artifact] = "in the way";
            Define(c, "target", "/payload/upstreamArtifacts/1/paths", Array{artifact});
          }};
}

ChainDefect WithHashes(std::string name, Violation violation, const Value& hashes) {
  return {.name = std::move(name), .violations = {violation}, .cots = [hashes](GeneratedChain& c) {
            SetAt(TaskOf(c, "build").cot, kTargetHashes, hashes);
          }};
}

}  // namespace

Value& DefinitionOf(GeneratedChain& chain, std::string_view role) {
  return TaskOf(chain, role).definition;
}

void Define(GeneratedChain& chain, std::string_view role, std::string_view pointer, Value value) {
  SetAt(DefinitionOf(chain, role), pointer, std::move(value));
  chain.MakeGraphs();
}

std::vector<ChainDefect> DefectsOfTheChain() {
  return {
      {.name = "ATaskHasNoPayload",
       .violations = {Violation::kMalformedTask},
       .tasks = [](GeneratedChain& c) { RemoveAt(DefinitionOf(c, "build"), "/payload"); }},
      {.name = "AScopeIsNoString",
       .violations = {Violation::kMalformedTask},
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/scopes", Array{7}); }},
      {.name = "ADateIsNone",
       .violations = {Violation::kMalformedTask},
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/created", "last Tuesday"); }},
      {.name = "ATaskTypeIsUnknown",
       .violations = {Violation::kInvalidTaskType},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "target", "/payload/upstreamArtifacts/0/taskType", "frobnicate");
             Define(c, "target", "/payload/upstreamArtifacts/1/taskType", "frobnicate");
           }},
      {.name = "NothingTellsTheWorkerImplementation",
       .violations = {Violation::kUnknownWorkerImplementation},
       .description = By("generic-worker"),
       .tasks = HideWorker},
      {.name = "TheSignsOfTheWorkerImplementationContradict",
       .violations = {Violation::kAmbiguousWorkerImplementation},
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/payload/osGroups", Array()); }},
      {.name = "TaskQueueIdContradictsProvisionerAndWorkerType",
       .violations = {Violation::kContradictoryTaskQueue},
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/taskQueueId", "desktop-3/images"); }},
      {.name = "ATaskHasNoWorkerType",
       .violations = {Violation::kMalformedTask},
       .tasks = [](GeneratedChain& c) { RemoveAt(DefinitionOf(c, "build"), "/workerType"); }},
      {.name = "TheParentIsEmpty",
       .violations = {Violation::kMalformedParent},
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/extra/parent", ""); }},
      {.name = "AnInputIsNoTaskId",
       .violations = {Violation::kMalformedDependency},
       .description = By("generic-worker"),
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/extra/chainOfTrust",
                    Object{{"inputs", Object{{"toolchain", 5}}}});
           }},
      {.name = "ATypeIsLongerThanAny",
       .violations = {Violation::kMalformedDependency},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "target", "/payload/upstreamArtifacts/0/taskType", std::string(101, 'x'));
           }},
      {.name = "AnUpstreamPathLeadsOut",
       .violations = {Violation::kIllegalUpstreamPath},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "target", "/payload/upstreamArtifacts/0/paths/0", "public/../../../../x");
           }},
      {.name = "ALinkIsTooFarAway",
       .violations = {Violation::kChainTooDeep},
       .description = By("generic-worker"),
       .tasks = MakeDeep},
      {.name = "ThereAreTooManyLinks",
       .violations = {Violation::kChainTooLong},
       .description = By("generic-worker"),
       .request = [](VerifyRequest& request) { request.max_links = 1; }},
      {.name = "ATaskDoesNotExist",
       .violations = {Violation::kTaskMissing},
       .answers = [](GeneratedChain& c) { c.answers.erase(c.TaskUrl("build")); }},
  };
}

std::vector<ChainDefect> DefectsOfCotFiles() {
  return {
      {.name = "AFileIsMissing",
       .violations = {Violation::kCotMissing},
       .answers = [](GeneratedChain& c) { c.answers.erase(c.ArtifactUrl("build", kCotName)); }},
      {.name = "ASignatureIsMissing",
       .violations = {Violation::kSignatureMissing},
       .answers =
           [](GeneratedChain& c) { c.answers.erase(c.ArtifactUrl("build", kSignatureName)); }},
      {.name = "NoKeyIsTrustedForTheWorkerImplementation",
       .violations = {Violation::kNoTrustedKey},
       .description = By("generic-worker"),
       .tasks =
           [](GeneratedChain& c) { RemoveAt(c.policy, "/ed25519_public_keys/generic-worker"); }},
      {.name = "ASignatureHasABitFlipped",
       .violations = {Violation::kBadSignature},
       .answers =
           [](GeneratedChain& c) { ChangeSignature(c, [](std::string& s) { s[3] ^= 0x10; }); }},
      {.name = "ASignatureIsMalleated",
       .violations = {Violation::kBadSignature},
       .answers = [](GeneratedChain& c) { ChangeSignature(c, AddOrderToS); }},
      {.name = "ASignatureHasAByteMore",
       .violations = {Violation::kBadSignature},
       .answers = [](GeneratedChain& c) { ChangeSignature(c, [](std::string& s) { s += '\n'; }); }},
      {.name = "ASignatureHasAByteLess",
       .violations = {Violation::kBadSignature},
       .answers =
           [](GeneratedChain& c) { ChangeSignature(c, [](std::string& s) { s.pop_back(); }); }},
      {.name = "TheKeyIsThatOfAnotherWorkerImplementation",
       .violations = {Violation::kBadSignature},
       .tasks = [](GeneratedChain& c) { TaskOf(c, "build").worker = "scriptworker"; }},
      {.name = "TheKeyIsAStrangers",
       .violations = {Violation::kBadSignature},
       .tasks = [](GeneratedChain& c) { TaskOf(c, "build").worker = "stranger"; }},
      {.name = "AFileHasBytesAfterWhatWasSigned",
       .violations = {Violation::kBadSignature},
       .answers =
           [](GeneratedChain& c) { AnswerTo(c, c.StoreUrl("build", kCotName)).body += " "; }},
      {.name = "AFileIsOfAnotherShape",
       .violations = {Violation::kMalformedCot},
       .cots = [](GeneratedChain& c) { SetAt(TaskOf(c, "build").cot, "/artifacts", Array()); }},
      {.name = "AFileIsAboutAnotherTask",
       .violations = {Violation::kCotTaskIdMismatch},
       .cots =
           [](GeneratedChain& c) {
             SetAt(TaskOf(c, "build").cot, "/taskId", c.facts().TaskId("somebody else"));
           }},
      {.name = "TheSignedFilesOfTwoTasksAreSwapped",
       .violations = {Violation::kCotTaskIdMismatch},
       .cots =
           [](GeneratedChain& c) { std::swap(TaskOf(c, "build").cot, TaskOf(c, "image").cot); }},
      {.name = "ARunIdIsThatOfAnotherRun",
       .violations = {Violation::kCotRunIdMismatch},
       .cots = [](GeneratedChain& c) { SetAt(TaskOf(c, "build").cot, "/runId", 1); }},
      {.name = "ARunIdIsNegative",
       .violations = {Violation::kCotRunIdMismatch},
       .cots = [](GeneratedChain& c) { SetAt(TaskOf(c, "build").cot, "/runId", -1); }},
      {.name = "AFileTellsAnotherCommandThanTheQueue",
       .violations = {Violation::kCotTaskMismatch},
       .cots =
           [](GeneratedChain& c) {
             SetAt(TaskOf(c, "build").cot, "/task/payload/command/1", "make backdoor");
           }},
  };
}

std::vector<ChainDefect> DefectsOfArtifacts() {
  const std::string digest(64, 'a');
  std::vector<ChainDefect> defects = {
      {.name = "AnArtifactIsNotInTheFile",
       .violations = {Violation::kArtifactNotInCot},
       .cots = [](GeneratedChain& c) { RemoveAt(TaskOf(c, "build").cot, kTargetHashes); }},
      {.name = "AnArtifactIsMissing",
       .violations = {Violation::kArtifactMissing},
       .answers = [](GeneratedChain& c) { c.answers.erase(c.ArtifactUrl("build", kTargetZip)); }},
      {.name = "AnArtifactsNameIsNoPath",
       .violations = {Violation::kIllegalArtifactName},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "target", "/payload/upstreamArtifacts/0/paths", Array{"public/logs/*.log"});
             RemoveAt(DefinitionOf(c, "target"), "/payload/upstreamArtifacts/1");
             c.MakeGraphs();
             TaskOf(c, "build").artifacts["public/logs/a//b.log"] = "no file can be named so";
           }},
      {.name = "AnAliasOfAMandatoryArtifactIsWanted",
       .violations = {Violation::kArtifactPathTwice},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "target", "/payload/upstreamArtifacts/1/paths",
                    Array{"public/build/target%2Ezip"});
           }},
      WithArtifact("AnArtifactWouldLieBelowTheDefinition", "task.json/x"),
      WithArtifact("AnArtifactWouldLieBelowTheSignedFile", "public/chain-of-trust.json/x"),
      WithHashes("AnArtifactHasNoHash", Violation::kNoArtifactHash, Object()),
      WithHashes("AnArtifactHasOnlyAnMd5", Violation::kHashAlgorithmNotAllowed,
                 Object{{"md5", std::string(32, 'a')}}),
      WithHashes("AHashIsTooShort", Violation::kMalformedArtifactHash,
                 Object{{"sha256", digest.substr(1)}}),
      WithHashes("AHashIsInUpperCase", Violation::kMalformedArtifactHash,
                 Object{{"sha256", absl::AsciiStrToUpper(digest)}}),
      WithHashes("AHashIsAnothers", Violation::kArtifactHashMismatch, Object{{"sha256", digest}}),
      {.name = "AnArtifactHasOneByteFlipped",
       .violations = {Violation::kArtifactHashMismatch},
       .answers =
           [](GeneratedChain& c) { AnswerTo(c, c.StoreUrl("build", kTargetZip)).body[0] ^= 1; }},
      {.name = "TheTaskGraphHasOneByteFlipped",
       .violations = {Violation::kArtifactHashMismatch},
       .answers =
           [](GeneratedChain& c) {
             AnswerTo(c, c.StoreUrl("decision", "public/task-graph.json")).body.back() = ' ';
           }},
      {.name = "ASignatureHasMoreBytesThanAreRead",
       .violations = {Violation::kArtifactTooLarge},
       .answers =
           [](GeneratedChain& c) {
             ChangeSignature(c, [](std::string& s) { s.append(100'000, 'x'); });
           }},
  };
  // Of two hashes both count.
  defects.push_back({.name = "OneOfTwoHashesIsAnothers",
                     .violations = {Violation::kArtifactHashMismatch},
                     .cots = [](GeneratedChain& c) {
                       SetAt(TaskOf(c, "build").cot, absl::StrCat(kTargetHashes, "/sha512"),
                             std::string(128, 'a'));
                     }});
  return defects;
}

}  // namespace cot
