// SPDX-License-Identifier: MPL-2.0

#include "tools/quickstart/plan.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace scriptworker::tools {
namespace {

// What the recorded task's chain of trust says of its artifacts.
constexpr char kHelloHash[] = "855984a28db79da980c87a9033546bc15c8591d5b0e407eefae1ef25a34aa20e";
constexpr char kDataHash[] = "4fcf70d07b2513652e5d2f2d4b35f0074a7487ade895836511d42a6218473023";
constexpr char kTargetHash[] = "f49a000aeb937be459f9cf5769cfade4e352b54f4890d7d7b7cd12e348df68cf";

}  // namespace

absl::StatusOr<Plan> Plan::Make(const std::string& recorded_scenario, absl::Time now) {
  SW_ASSIGN_OR_RETURN(const std::string text, ReadFile(recorded_scenario));
  SW_ASSIGN_OR_RETURN(const json::Value scenario, json::Parse(text, {.source = recorded_scenario}));
  SW_ASSIGN_OR_RETURN(const json::Reader tasks,
                      json::Reader(scenario, recorded_scenario).Field("tasks"));
  SW_ASSIGN_OR_RETURN(const json::Reader task, tasks.Field("task"));
  SW_ASSIGN_OR_RETURN(const json::Reader recorded, task.Field("definition"));

  Plan plan;
  SW_ASSIGN_OR_RETURN(plan.provisioner_id, recorded.String("provisionerId"));
  SW_ASSIGN_OR_RETURN(plan.worker_type, recorded.String("workerType"));
  const auto add = [&](std::string_view kind, std::string purpose, int max_run_time) {
    plan.tasks.push_back(
        {.name = std::string(kind),
         .purpose = std::move(purpose),
         .definition = taskcluster::TaskBuilder(now)
                           .Queue(plan.provisioner_id, plan.worker_type)
                           .Name(kind)
                           .Payload(json::Object{{"kind", kind}, {"maxRunTime", max_run_time}})
                           .Build(),
         .runs = {}});
    return &plan.tasks.back();
  };
  add("artifacts", "writes four artifacts", 600)->runs = {
      {.resolution = "completed",
       .artifacts = {"private/notes.txt", "public/build/build.log", "public/build/data.json",
                     "public/build/target.bin"}}};
  add("failing", "its script exits 1", 600)->runs = {{.resolution = "failed"}};
  add("timeout", "sleeps past its maxRunTime of 2 s", 2)->runs = {
      {.resolution = "failed", .has_chain_of_trust = false}};
  add("retried", "its script exits 245 once", 600)->runs = {
      {.resolution = "intermittent-task"},
      {.resolution = "completed", .artifacts = {"public/build/result.txt"}}};
  PlannedTask* lasting = add("long", "outlives two claims of 5 s", 600);
  lasting->runs = {{.resolution = "completed", .artifacts = {"public/build/result.txt"}}};
  lasting->min_reclaims = 2;
  // As createTask takes it: a queue once gave it, and itself names its group.
  json::Object definition = taskcluster::WithFreshDates(recorded.value(), now).object();
  definition.Erase("taskGroupId");
  plan.tasks.push_back({.name = "recorded",
                        .purpose = "a real task of Taskcluster 106, with new dates",
                        .definition = json::Value(std::move(definition)),
                        .runs = {{.resolution = "completed",
                                  .artifacts = {"public/build/data.json", "public/build/hello.txt",
                                                "public/build/target.bin"}}},
                        .hashes = {{"public/build/hello.txt", kHelloHash},
                                   {"public/build/data.json", kDataHash},
                                   {"public/build/target.bin", kTargetHash}}});
  return plan;
}

}  // namespace scriptworker::tools
