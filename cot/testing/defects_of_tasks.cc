// SPDX-License-Identifier: MPL-2.0
// Steps 4 and 5: each task by its type and by its worker implementation.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/testing/chain_defects.h"
#include "cot/testing/json_edit.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kGraph = "public/task-graph.json";

void ReplaceInGraph(GeneratedChain& chain, std::string_view from, std::string_view to) {
  std::string& graph = chain.tasks.find("decision")->second.artifacts[std::string(kGraph)];
  graph = absl::StrReplaceAll(graph, {{from, to}});
}

// A definition and, if the rules rebuild it, its template, with another pool.
void MoveTo(GeneratedChain& chain, std::string_view role, std::string_view worker_type) {
  Define(chain, role, "/workerType", worker_type);
  Define(chain, role, "/taskQueueId", absl::StrCat(chain.facts().Provisioner(), "/", worker_type));
  if (role != "decision") return;
  for (auto& [url, page] : chain.pages) {
    page.text = absl::StrReplaceAll(
        page.text, {{"workerType: decision", absl::StrCat("workerType: ", worker_type)}});
  }
}

// The build is a child of a task that makes no tasks. (The chain knows the image already
// when it comes to the build's parent, so that it is not taken for a decision task.)
void MakeTheImageAParent(GeneratedChain& chain) {
  const std::string image = chain.facts().TaskId("image");
  Define(chain, "target", "/extra/chainOfTrust",
         Object{{"inputs", Object{{"docker-image", image}}}});
  Define(chain, "build", "/extra/parent", image);
}

ChainDefect WithImage(std::string name, Violation violation, const Value& image) {
  return {.name = std::move(name), .violations = {violation}, .tasks = [image](GeneratedChain& c) {
            Define(c, "build", "/payload/image", image);
          }};
}

ChainDefect WithImageHash(std::string name, Violation violation, const std::string& hash) {
  return {.name = std::move(name), .violations = {violation}, .tasks = [hash](GeneratedChain& c) {
            SetAt(c.tasks.find("build")->second.environment, "/imageArtifactHash", hash);
          }};
}

std::vector<ChainDefect> DefectsByType() {
  return {
      {.name = "ASigningTaskIsNotRunByScriptworker",
       .violations = {Violation::kNotFromScriptworker},
       .description = {.worker = "scriptworker"},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/provisionerId", "desktop-3");
             Define(c, "build", "/taskQueueId", "desktop-3/desktop-3-signing");
             Define(c, "build", "/tags/worker-implementation", "generic-worker");
             c.tasks.find("build")->second.worker = "generic-worker";
           }},
      {.name = "AnImageIsBuiltInAnotherPool",
       .violations = {Violation::kDockerImageWorkerPool},
       .tasks = [](GeneratedChain& c) { MoveTo(c, "image", "linux"); }},
      {.name = "ADecisionTaskRunsInAnotherPool",
       .violations = {Violation::kDecisionWorkerPool},
       .tasks = [](GeneratedChain& c) { MoveTo(c, "decision", "linux"); }},
      {.name = "AVariableIsNoText",
       .violations = {Violation::kMalformedPayload},
       .tasks = [](GeneratedChain& c) { Define(c, "build", "/payload/env/MH_BRANCH", 5); }},
      {.name = "ATaskGraphIsNoJson",
       .violations = {Violation::kMalformedTaskGraph},
       .tasks = [](GeneratedChain& c) { ReplaceInGraph(c, "\"label\"", "label"); }},
      {.name = "ATaskGraphHasAKeyTwice",
       .violations = {Violation::kMalformedTaskGraph},
       .tasks =
           [](GeneratedChain& c) { ReplaceInGraph(c, "\"kind\":", "\"task\": {}, \"kind\":"); }},
      {.name = "TheParentMakesNoTasks",
       .violations = {Violation::kNoTaskGraph},
       .tasks = MakeTheImageAParent},
      {.name = "ATaskIsNotInTheTaskGraph",
       .violations = {Violation::kTaskNotInTaskGraph},
       .tasks =
           [](GeneratedChain& c) {
             ReplaceInGraph(c, c.facts().TaskId("build") + "\": {", "AAAAAAAAQACAAAAAAAAAAA\": {");
           }},
      {.name = "ATaskDependsOnAStranger",
       .violations = {Violation::kDependenciesDiffer},
       .tasks =
           [](GeneratedChain& c) {
             SetAt(DefinitionOf(c, "build"), "/dependencies",
                   Array{c.facts().TaskId("image"), c.facts().TaskId("a stranger")});
           }},
      {.name = "ACommandIsNotThatOfTheTaskGraph",
       .violations = {Violation::kTaskDiffersFromTaskGraph},
       .tasks =
           [](GeneratedChain& c) {
             SetAt(DefinitionOf(c, "build"), "/payload/command/1", "make backdoor");
           }},
      {.name = "TheTargetHasAScopeMoreThanInTheTaskGraph",
       .violations = {Violation::kTaskDiffersFromTaskGraph},
       .tasks =
           [](GeneratedChain& c) {
             SetAt(DefinitionOf(c, "target"), "/scopes",
                   Array{c.facts().privileged_scope, "project:desktop:signing:format:gpg"});
           }},
  };
}

std::vector<ChainDefect> DefectsByWorkerImplementation() {
  return {
      {.name = "ADockerWorkersTaskHasNoEnv",
       .violations = {Violation::kMalformedPayload},
       .tasks =
           [](GeneratedChain& c) {
             RemoveAt(DefinitionOf(c, "build"), "/payload/env");
             c.MakeGraphs();
           }},
      {.name = "AGenericWorkersTaskHasNoScopes",
       // The schema of chain-of-trust files has them, too.
       .violations = {Violation::kMalformedCot, Violation::kMalformedPayload},
       .description = {.worker = "generic-worker"},
       .tasks =
           [](GeneratedChain& c) {
             RemoveAt(DefinitionOf(c, "build"), "/scopes");
             c.MakeGraphs();
           }},
      {.name = "ATaskIsInteractiveByAFeature",
       .violations = {Violation::kInteractive},
       .tasks =
           [](GeneratedChain& c) { Define(c, "build", "/payload/features/interactive", true); }},
      {.name = "ATaskIsInteractiveByItsEnvironment",
       .violations = {Violation::kInteractive},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/payload/env/TASKCLUSTER_INTERACTIVE", "1");
           }},
      {.name = "ATaskIsInteractiveByRdp",
       .violations = {Violation::kInteractive},
       .description = {.worker = "generic-worker"},
       .tasks =
           [](GeneratedChain& c) { Define(c, "build", "/payload/rdpInfo", "public/rdp.json"); }},
      {.name = "ATaskIsInteractiveByAScope",
       .violations = {Violation::kInteractive},
       .description = {.worker = "generic-worker"},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/scopes", Array{"generic-worker:allow-rdp:desktop-3/windows"});
           }},
      {.name = "TheImageIsOfAnotherTaskThanTheInput",
       .violations = {Violation::kDockerImageTaskDiffers},
       .tasks =
           [](GeneratedChain& c) {
             Define(c, "build", "/payload/image/taskId", c.facts().TaskId("decision"));
           }},
      {.name = "TheWorkerDidNotSayWhichImageItUsed",
       .violations = {Violation::kDockerImageHashMissing},
       .tasks =
           [](GeneratedChain& c) {
             RemoveAt(c.tasks.find("build")->second.environment, "/imageArtifactHash");
           }},
      {.name = "TheImageIsNotInItsTasksFile",
       .violations = {Violation::kDockerImageHashMissing},
       .cots =
           [](GeneratedChain& c) {
             RemoveAt(c.tasks.find("image")->second.cot, "/artifacts/public~1image.tar.zst");
           }},
      WithImageHash("TheImageHashHasNoAlgorithm", Violation::kDockerImageHashMissing,
                    std::string(64, 'a')),
      WithImageHash("TheImageHashIsAnMd5", Violation::kDockerImageHashMissing,
                    "md5:" + std::string(32, 'a')),
      WithImageHash("TheImageIsAnother", Violation::kDockerImageHashMismatch,
                    "sha256:" + std::string(64, 'a')),
      WithImage("AnIndexedImage", Violation::kIndexedImage,
                Object{{"type", "indexed-image"},
                       {"namespace", "desktop.cache.latest"},
                       {"path", "public/image.tar.zst"}}),
      WithImage("APrebuiltImage", Violation::kPrebuiltImage, "debian:12"),
      WithImage("AnImageOfAnUnknownType", Violation::kUnknownImageType,
                Object{{"type", "magic"}, {"path", "public/image.tar.zst"}}),
  };
}

}  // namespace

std::vector<ChainDefect> DefectsOfTasks() {
  std::vector<ChainDefect> defects = DefectsByType();
  for (ChainDefect& defect : DefectsByWorkerImplementation()) defects.push_back(std::move(defect));
  return defects;
}

}  // namespace cot
