// SPDX-License-Identifier: MPL-2.0
//
// What a verification costs, as a whole process: runs a built verify_cot on chains of
// several sizes, served on loopback with a settable latency.
//
// The chain: a signing task with N upstream builds (each with a mandatory artifact, every
// second with a pattern), which share a docker image of another decision task; a
// repackaged build; the decision task of a push to GitHub. All downloads are redirected
// once, as by Taskcluster, and signed.

#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cot/testing/small_chain.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/testing/fake_server.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "tools/bench/process_runner.h"

namespace cot {
namespace {

using ::scriptworker::http::FakeRequest;
using ::scriptworker::http::FakeResponse;
using ::scriptworker::http::FakeServer;
using ::scriptworker::json::Array;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;

constexpr std::string_view kImage = "ImageDAAQACAAAAAAAAAAA";
constexpr std::string_view kImageDecision = "DecisioIQACAAAAAAAAAAA";
constexpr std::string_view kRepackage = "RepackgAQACAAAAAAAAAAA";
constexpr std::string_view kStore = "https://store.example.net";

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

// `graph_bytes`: how large the task graph of the decision task is at least.
void MakeChain(int builds, size_t graph_bytes, SmallChain& chain) {
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
  Object graph;
  for (const auto& [id, task] : chain.tasks) {
    if (task.Find("taskGroupId")->string_value() != decision || id == decision) continue;
    graph.Set(id, Object{{"label", absl::StrCat("label-", id)}, {"task", task}});
  }
  const size_t entry = scriptworker::json::FormatCompact(build).size();
  for (size_t i = 0; i * entry < graph_bytes; ++i) {
    graph.Set(absl::StrFormat("F%07dQACAAAAAAAAAAA", i),
              Object{{"label", absl::StrCat("filler-", i)}, {"task", build}});
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

// Serves what a chain answers for all its hosts.
class ChainServer {
 public:
  ChainServer(SmallChain& chain, absl::Duration latency)
      : chain_(chain),
        latency_(latency),
        queue_([this](const FakeRequest& r) { return Answer(std::string(kSmallRootUrl), r); }),
        store_([this](const FakeRequest& r) { return Answer(std::string(kStore), r); }),
        sources_([this](const FakeRequest& r) { return Answer("https:/", r); }) {
    chain_.Publish();
    // The queue writes no blanks. Files that it would answer by itself are redirected, too.
    for (const auto& [id, task] : chain_.tasks) {
      chain_.answers[SmallChain::TaskUrl(id)].body = scriptworker::json::FormatCompact(task);
    }
    const std::string artifacts = absl::StrCat(kSmallRootUrl, "/api/queue/v1/task/");
    std::map<std::string, SmallChain::Answer, std::less<>> more;
    for (auto& [url, answer] : chain_.answers) {
      if (absl::StartsWith(url, artifacts) && absl::StrContains(url, "/artifacts/") &&
          answer.status == 200) {
        // Kept as the queue keeps artifacts: TASKID/RUN/NAME.
        const std::string place = absl::StrReplaceAll(
            absl::StrCat(kStore, url.substr(artifacts.size() - 1)), {{"/artifacts/", "/0/"}});
        more[place] = std::move(answer);
        answer = {.status = 303, .location = place};
      }
      answer.location = absl::StrReplaceAll(answer.location, {{kStore, Origin(store_)}});
      answer.body = absl::StrReplaceAll(
          answer.body,
          {{"\"html_url\": \"https://github.com", absl::StrCat("\"html_url\": \"", GithubUrl())}});
    }
    chain_.answers.merge(more);
  }

  static std::string Origin(const FakeServer& server) {
    return absl::StrCat("http://127.0.0.1:", server.port());
  }
  std::string root_url() const { return Origin(queue_); }
  std::string GithubUrl() const { return Source("github.com"); }
  std::string Source(std::string_view host) const {
    return absl::StrCat(Origin(sources_), "/", host);
  }
  int requests() const { return requests_; }

 private:
  FakeResponse Answer(const std::string& prefix, const FakeRequest& request) {
    ++requests_;
    if (latency_ > absl::ZeroDuration()) absl::SleepFor(latency_);
    std::string target = request.target;
    target.resize(std::min(target.find('?'), target.size()));
    const auto found =
        chain_.answers.find(absl::StrCat(prefix, *scriptworker::http::PercentDecode(target)));
    if (found == chain_.answers.end()) return {.status = 404, .body = "{}"};
    const SmallChain::Answer& answer = found->second;
    FakeResponse response{.status = answer.status,
                          .headers = {{"Content-Type", answer.content_type}},
                          .body = answer.body};
    if (!answer.location.empty()) response.headers.Add("Location", answer.location);
    return response;
  }

  SmallChain& chain_;
  const absl::Duration latency_;
  std::atomic<int> requests_ = 0;
  FakeServer queue_;
  FakeServer store_;
  FakeServer sources_;
};

std::string Config(const SmallChain& chain, const ChainServer& server, int downloads,
                   const std::string& home) {
  const Value key(chain.key.public_key().ToBase64());
  Object config{
      {"taskcluster_root_url", server.root_url()},
      {"provisioner_id", "p"},
      {"worker_type", "w"},
      {"worker_group", "g"},
      {"worker_id", "i"},
      {"credentials", Object{{"clientId", "c"}, {"accessToken", "t"}}},
      {"task_script", Array{"true"}},
      {"ed25519_private_key_path", scriptworker::JoinPath(home, "key")},
      {"cot_product", "adhoc"},
      {"max_concurrent_downloads", downloads},
      {"ed25519_public_keys", Object{{"docker-worker", Array{key}},
                                     {"generic-worker", Array{key}},
                                     {"scriptworker", Array{key}}}},
      {"valid_artifact_rules",
       Array{Object{{"schemes", Array{"http"}},
                    {"netlocs", Array{Value(server.root_url().substr(7))}},
                    {"path_regexes", Array{"^/api/queue/v1/task/(?P<taskId>[^/]+)/artifacts/"
                                           "(?P<filepath>.*)$"}}}}},
      {"source_hosts",
       Object{{"hg", Object{{"host", "hg.mozilla.org"}, {"url", server.Source("hg.mozilla.org")}}},
              {"github", Object{{"host", "github.com"},
                                {"url", server.GithubUrl()},
                                {"api_url", server.Source("api.github.com")},
                                {"raw_url", server.Source("raw.githubusercontent.com")}}}}}};
  for (std::string_view folder : {"work_dir", "log_dir", "artifact_dir"}) {
    config.Set(folder, scriptworker::JoinPath(home, folder));
  }
  config.Set("task_log_dir", scriptworker::JoinPath(home, "artifact_dir/public/logs"));
  return scriptworker::json::Format(Value(std::move(config)));
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Scenario {
  int builds = 1;
  size_t graph_bytes = 0;
  int latency_ms = 0;
  int downloads = 32;
  // Targets; 0: none.
  double cpu_ms = 0;
  double wall_ms = 0;
  double peak_mib = 0;
};

std::string Against(double value, double target) {
  if (target == 0) return absl::StrFormat("%8.1f         ", value);
  return absl::StrFormat("%8.1f (%5.0f%s)", value, target, value <= target ? " " : "!");
}

// Returns whether all targets were reached.
bool Measure(const scriptworker::tools::ProcessRunner& runner, const std::string& program,
             const Scenario& scenario, int runs) {
  SmallChain chain;
  MakeChain(scenario.builds, scenario.graph_bytes, chain);
  ChainServer server(chain, absl::Milliseconds(scenario.latency_ms));
  scriptworker::TempDir home;
  CHECK_OK(scriptworker::WriteFile(scriptworker::JoinPath(home.path(), "key"), "unused"));
  const std::string config = scriptworker::JoinPath(home.path(), "config.yaml");
  CHECK_OK(scriptworker::WriteFile(config, Config(chain, server, scenario.downloads, home.path())));
  std::vector<double> cpu, wall, peak;
  for (int i = 0; i < runs; ++i) {
    // A folder for each run: what was just removed slows the file system down.
    const std::string work = scriptworker::JoinPath(home.path(), absl::StrCat("run", i));
    const scriptworker::tools::ProcessCost cost =
        runner.Run({program, "--config", config, "--work-dir", work, "--task-type", "signing",
                    "--verify-sigs", std::string(kSmallTarget)},
                   scriptworker::JoinPath(home.path(), "output"));
    cpu.push_back(cost.cpu_ms);
    wall.push_back(cost.wall_ms);
    peak.push_back(cost.peak_mib);
  }
  // The definitions of the target and of what lies between it and the task that is farthest
  // away; then that one's chain-of-trust.json, beside its definition, and its artifacts, each
  // with a redirect.
  const int path = 1 + (scenario.builds > 1 ? 2 : 1) + 2 + 2;
  std::cout << absl::StreamFormat("%5d %6d %6d MB %5d ms %5d  %s %s %s %9d %9d ms\n",
                                  scenario.builds, static_cast<int>(chain.tasks.size()) - 1,
                                  static_cast<int>(scenario.graph_bytes >> 20), scenario.latency_ms,
                                  scenario.downloads, Against(Median(cpu), scenario.cpu_ms),
                                  Against(Median(wall), scenario.wall_ms),
                                  Against(Median(peak), scenario.peak_mib),
                                  server.requests() / runs, path * scenario.latency_ms)
            << std::flush;
  const auto reached = [](double value, double target) { return target == 0 || value <= target; };
  return reached(Median(cpu), scenario.cpu_ms) && reached(Median(wall), scenario.wall_ms) &&
         reached(Median(peak), scenario.peak_mib);
}

constexpr Scenario kScenarios[] = {
    {.builds = 1, .cpu_ms = 20, .peak_mib = 20},
    {.builds = 10, .cpu_ms = 28, .peak_mib = 20},
    {.builds = 100, .cpu_ms = 90, .peak_mib = 25},
    {.builds = 10, .graph_bytes = 31 << 20, .cpu_ms = 150, .peak_mib = 30},
    {.builds = 10, .latency_ms = 20, .wall_ms = 350},
    {.builds = 100, .latency_ms = 20, .wall_ms = 1000},
    {.builds = 100, .latency_ms = 20, .downloads = 64, .wall_ms = 600},
};

}  // namespace
}  // namespace cot

int main(int argc, char** argv) {
  const scriptworker::tools::ProcessRunner runner;
  CLI::App app(
      "Run a built verify_cot on chains served on loopback, and print what it costs\n"
      "beside the targets (in parentheses; ! marks what misses them).",
      "verify_cot_benchmark");
  app.footer("Exit status: 0 all targets are met, 1 one is missed, 2 wrong usage.");
  std::string program;
  int runs = 9;
  int only = 0;
  app.add_option("VERIFY_COT", program, "the built //cot:verify_cot")->required();
  app.add_option("--runs", runs, "of each scenario; printed are medians\n(default: 9)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  app.add_option("--only", only, "this scenario alone, by its number from 1")->type_name("N");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  program = scriptworker::ResolveAgainstWorkingDirectory(
      program, scriptworker::Environment::FromProcess().GetOr("BUILD_WORKING_DIRECTORY", ""));
  std::cout << "  N    links  graph   latency slots     CPU/ms             wall/ms           "
               "peak/MiB          requests  path x latency\n";
  bool reached = true;
  int number = 0;
  for (const cot::Scenario& scenario : cot::kScenarios) {
    ++number;
    if (only != 0 && only != number) continue;
    reached &= cot::Measure(runner, program, scenario, runs);
  }
  return reached ? 0 : 1;
}
