// SPDX-License-Identifier: MPL-2.0
#include "tools/bench/chain_of_builds.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/task_builder.h"

namespace cot {
namespace {

using ::scriptworker::json::Array;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;

constexpr std::string_view kImage = "ImageDAAQACAAAAAAAAAAA";
constexpr std::string_view kImageDecision = "DecisioIQACAAAAAAAAAAA";
constexpr std::string_view kRepackage = "RepackgAQACAAAAAAAAAAA";

// Sets a member at the end of a path of keys.
Value With(const Value& object, std::vector<std::string> path, Value value) {
  if (path.empty()) return value;
  Object changed = object.is_object() ? object.object() : Object();
  const std::string key = path.front();
  const Value* old = changed.Find(key);
  const Value inner = old == nullptr ? Value() : *old;
  path.erase(path.begin());
  changed.Set(key, With(inner, std::move(path), std::move(value)));
  return Value(std::move(changed));
}

// Tasks of real graphs have some kilobytes.
Value Environment() {
  Object env;
  for (int i = 0; i < 60; ++i) {
    env.Set(absl::StrCat("MOZ_VARIABLE_", i), absl::StrCat("value/of/the/variable/number/", i));
  }
  return Value(std::move(env));
}

std::string BuildId(int i) { return absl::StrFormat("Bui%05dQACAAAAAAAAAAA", i); }

// The task as the queue has it: with all that it fills in.
Value FilledIn(const Value& task, absl::Time now) {
  Value completed = scriptworker::taskcluster::WithFreshDates(task, now);
  completed = With(completed, {"taskQueueId"},
                   Value(absl::StrCat(task.Find("provisionerId")->string_value(), "/",
                                      task.Find("workerType")->string_value())));
  return With(completed, {"projectId"}, Value("none"));
}

}  // namespace

void MakeChainOfBuilds(int builds, size_t graph_bytes, absl::Time now, SmallChain& chain) {
  const std::string decision(kSmallDecision);
  const Value build =
      With(With(chain.tasks[std::string(kSmallBuild)], {"payload", "env"}, Environment()),
           {"extra", "chainOfTrust", "inputs", "docker-image"}, Value(kImage));
  chain.tasks.erase(std::string(kSmallBuild));
  chain.artifacts.erase(std::string(kSmallBuild));
  Array upstream;
  Array dependencies{Value(decision)};
  const auto add = [&](const std::string& id, std::string_view type, Value task, bool pattern) {
    chain.tasks[id] = std::move(task);
    chain.artifacts[id] = {{"public/build/target.tar.gz", std::string(20000, 'x')},
                           {"public/build/target.json", std::string(2000, 'y')},
                           {"public/logs/live_backing.log", "not wanted"}};
    upstream.push_back(Object{
        {"taskId", id},
        {"taskType", type},
        {"paths", pattern ? Array{"public/build/*"}
                          : Array{"public/build/target.tar.gz", "public/build/target.json"}}});
    dependencies.push_back(Value(id));
  };
  for (int i = 0; i < builds; ++i) add(BuildId(i), "build", build, i % 2 == 1);
  if (builds > 1) {
    add(std::string(kRepackage), "repackage",
        With(With(build, {"payload", "image"}, Value()), {"payload", "mounts"}, Value(Array())),
        false);
    Value repackage = With(chain.tasks[std::string(kRepackage)], {"tags", "worker-implementation"},
                           Value("generic-worker"));
    repackage = With(repackage, {"extra", "chainOfTrust"}, Value(Object()));
    chain.tasks[std::string(kRepackage)] = std::move(repackage);
  }
  // With one build the image is of the same group: three links.
  const std::string images_group(builds > 1 ? kImageDecision : kSmallDecision);
  Value image = With(build, {"workerType"}, Value("images"));
  image = With(image, {"extra"}, Value(Object{{"parent", images_group}}));
  image = With(image, {"taskGroupId"}, Value(images_group));
  image = With(image, {"dependencies"}, Value(Array{Value(images_group)}));
  chain.tasks[std::string(kImage)] = image;
  chain.artifacts[std::string(kImage)] = {{"public/image.tar.zst", "an image"}};
  Value target = With(chain.tasks[std::string(kSmallTarget)], {"payload", "upstreamArtifacts"},
                      Value(std::move(upstream)));
  chain.tasks[std::string(kSmallTarget)] =
      With(target, {"dependencies"}, Value(std::move(dependencies)));
  for (auto& [id, task] : chain.tasks) task = FilledIn(task, now);
  Object graph;
  for (const auto& [id, task] : chain.tasks) {
    if (task.Find("taskGroupId")->string_value() != decision || id == decision) continue;
    graph.Set(id, Object{{"label", absl::StrCat("label-", id)}, {"task", task}});
  }
  const Value& filler = chain.tasks[BuildId(0)];
  const size_t entry = scriptworker::json::FormatCompact(filler).size();
  for (size_t i = 0; i * entry < graph_bytes; ++i) {
    graph.Set(absl::StrFormat("F%07dQACAAAAAAAAAAA", i),
              Object{{"label", absl::StrCat("filler-", i)}, {"task", filler}});
  }
  chain.artifacts[decision]["public/task-graph.json"] =
      scriptworker::json::FormatCompact(Value(std::move(graph)));
  if (builds == 1) return;
  Value other = With(chain.tasks[decision], {"taskGroupId"}, Value(kImageDecision));
  chain.tasks[std::string(kImageDecision)] = std::move(other);
  chain.artifacts[std::string(kImageDecision)] = chain.artifacts[decision];
  chain.artifacts[std::string(kImageDecision)]["public/task-graph.json"] =
      scriptworker::json::FormatCompact(
          Value(Object{{kImage, Object{{"task", chain.tasks[std::string(kImage)]}}}}));
}

}  // namespace cot
