// SPDX-License-Identifier: MPL-2.0
//
// What a verification costs, as a whole process: runs a built verify_cot on chains of
// several sizes (chain_of_builds.h), which a local Taskcluster and a stand-in for GitHub
// serve on loopback, with a settable latency. A verification that fails ends the benchmark.

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cot/testing/small_chain.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/value.h"
#include "tools/bench/chain_of_builds.h"
#include "tools/bench/chain_server.h"
#include "tools/bench/process_runner.h"

namespace cot {
namespace {

using ::scriptworker::json::Array;
using ::scriptworker::json::Object;
using ::scriptworker::json::Value;

std::string Config(const SmallChain& chain, const ChainServer& server, int downloads,
                   const std::string& home) {
  const Value key(chain.key.public_key().ToBase64());
  Object config{
      {"taskcluster_root_url", server.root_url()},
      {"provisioner_id", "p"},
      {"worker_type", "w"},
      {"worker_group", "g"},
      {"worker_id", "i"},
      {"credentials", Object{{"clientId", server.credentials().client_id},
                             {"accessToken", server.credentials().access_token.reveal()}}},
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
       Object{
           {"hg", Object{{"host", "hg.mozilla.org"}, {"url", server.SourceUrl("hg.mozilla.org")}}},
           {"github", Object{{"host", "github.com"},
                             {"url", server.SourceUrl("github.com")},
                             {"api_url", server.SourceUrl("api.github.com")},
                             {"raw_url", server.SourceUrl("raw.githubusercontent.com")}}}}}};
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
  scriptworker::SystemClock clock;
  SmallChain chain;
  MakeChainOfBuilds(scenario.builds, scenario.graph_bytes, clock.Now(), chain);
  const ChainServer server(chain, clock, absl::Milliseconds(scenario.latency_ms));
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
  app.footer(
      "Files are put into TEST_TMPDIR, or /tmp. ext4 makes files slowly for minutes\n"
      "after many were removed: set it to a folder on tmpfs, such as /dev/shm.\n\n"
      "Exit status: 0 all targets are met, 1 one is missed, 2 wrong usage, or a\nverification that "
      "failed (its output on stderr).");
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
