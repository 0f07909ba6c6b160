// SPDX-License-Identifier: MPL-2.0
//
//   tools/bazel run --config=opt //tools/bench:artifact_benchmark
//
// What it costs to download an artifact and to describe a folder of them, beside curl
// and `openssl dgst`, which have to be installed: whole processes, in turn, on the same
// bytes. Everything lies below TEST_TMPDIR, which has to have room for the folder.
// Exits 1 if a target is missed.

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cot/generator.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/testing/fake_server.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "tools/bench/process_runner.h"

namespace scriptworker {
namespace {

using ::scriptworker::tools::ProcessCost;
using ::scriptworker::tools::ProcessRunner;

constexpr size_t kPiece = size_t{1} << 16;
constexpr int kFiles = 8;
constexpr double kDownloadTarget = 1.1;
constexpr double kGenerateTarget = 1.03;

// Of each figure by itself.
ProcessCost Median(std::vector<ProcessCost> costs) {
  const auto median = [&costs](double ProcessCost::*figure) {
    std::sort(costs.begin(), costs.end(), [figure](const ProcessCost& a, const ProcessCost& b) {
      return a.*figure < b.*figure;
    });
    return costs[costs.size() / 2].*figure;
  };
  return {.cpu_ms = median(&ProcessCost::cpu_ms), .wall_ms = median(&ProcessCost::wall_ms)};
}

void Print(std::string_view what, const ProcessCost& cost) {
  std::cout << absl::StreamFormat("%-44s CPU %8.1f ms   wall %8.1f ms\n", what, cost.cpu_ms,
                                  cost.wall_ms);
}

// Returns whether the target is reached.
bool PrintRatio(std::string_view what, double ours, double theirs, double target) {
  const double ratio = ours / theirs;
  std::cout << absl::StreamFormat("%-44s %.3f, target %.2f: %s\n", what, ratio, target,
                                  ratio <= target ? "reached" : "MISSED");
  return ratio <= target;
}

// --- what is measured, each in a process of its own ---

void Download(const std::string& url, const std::string& path) {
  const std::unique_ptr<http::CurlTransport> transport = http::CurlTransport::Create({}).value();
  SystemClock clock;
  taskcluster::ArtifactDownloader downloader(*transport, clock);
  CHECK_OK(downloader.Download(http::Url::Parse(url).value(), path, {}, CancellationToken()));
}

void Generate(const std::string& folder, int threads) {
  cot::GeneratorInput input;
  input.artifact_dir = folder;
  input.max_hash_threads = threads;
  input.task = json::Parse(R"({"dependencies": [], "payload": {}, "scopes": [],
                               "taskGroupId": "G", "workerType": "t"})")
                   .value();
  CHECK_OK(cot::GenerateCot(input, nullptr));
}

// --- the comparisons ---

bool CompareDownload(const ProcessRunner& runner, const std::string& self, int mib, int runs) {
  http::FakeServer server(http::InTurn(std::vector<http::FakeResponse>{
      {.body = std::string(kPiece, 'x'),
       .repeat_body = mib * ((int64_t{1} << 20) / static_cast<int64_t>(kPiece))}}));
  const TempDir output;
  const auto run = [&](const std::vector<std::string>& words) {
    return runner.Run(words, output.Path("output"));
  };
  const std::string url = absl::StrCat("http://127.0.0.1:", server.port(), "/artifact");
  const TempDir temp;
  std::vector<ProcessCost> ours, curl, openssl;
  for (int i = 0; i < runs; ++i) {
    ours.push_back(run({self, "download", url, temp.Path("ours")}));
    curl.push_back(run({"curl", "--silent", "--fail", "--output", temp.Path("curl"), url}));
    openssl.push_back(run({"openssl", "dgst", "-sha256", temp.Path("curl")}));
    CHECK_OK(RemoveTreeContents(temp.path()));
  }
  Print(absl::StrCat("download and hash ", mib, " MiB"), Median(ours));
  Print("  curl --output FILE", Median(curl));
  Print("  openssl dgst -sha256 FILE", Median(openssl));
  return PrintRatio("  CPU, to curl's and openssl's", Median(ours).cpu_ms,
                    Median(curl).cpu_ms + Median(openssl).cpu_ms, kDownloadTarget);
}

bool CompareGenerate(const ProcessRunner& runner, const std::string& self, int mib, int runs) {
  const TempDir temp;
  std::vector<std::string> words = {"openssl", "dgst", "-sha256"};
  for (int i = 0; i < kFiles; ++i) {
    words.push_back(temp.Write(absl::StrCat("public/file-", i),
                               std::string(static_cast<size_t>(mib / kFiles) << 20, 'a')));
  }
  const TempDir output;  // not among what is described
  const auto run = [&](const std::vector<std::string>& words) {
    return runner.Run(words, output.Path("output"));
  };
  std::vector<ProcessCost> one, all, openssl;
  for (int i = 0; i < runs; ++i) {
    one.push_back(run({self, "generate", temp.path(), "1"}));
    all.push_back(run({self, "generate", temp.path(), "4"}));
    openssl.push_back(run(words));
  }
  Print(absl::StrCat("chain of trust over ", mib, " MiB in ", kFiles, " files"), Median(all));
  Print("  on one thread", Median(one));
  Print("  openssl dgst -sha256 FILE...", Median(openssl));
  std::cout << absl::StreamFormat("  wall of one thread / wall: %.2f on %d processors\n",
                                  Median(one).wall_ms / Median(all).wall_ms,
                                  std::thread::hardware_concurrency());
  return PrintRatio("  CPU, to openssl's", Median(all).cpu_ms, Median(openssl).cpu_ms,
                    kGenerateTarget);
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Measure downloads and the generation of the chain of trust beside curl and\n"
      "openssl.",
      "artifact_benchmark");
  app.footer("Exit status: 0 all targets are met, 1 one is missed, 2 wrong usage.");
  int runs = 5;
  int download_mib = 256;
  int folder_mib = 1024;
  app.add_option("--runs", runs, "of each; printed are medians (default: 5)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  app.add_option("--download-mib", download_mib, "size of the download (default: 256)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  app.add_option("--folder-mib", folder_mib, "size of the artifacts (default: 1024)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  std::vector<std::string> words;
  CLI::App* const download = app.add_subcommand("download", "URL FILE: download once");
  download->add_option("words", words)->required()->expected(2);
  CLI::App* const generate = app.add_subcommand("generate", "FOLDER THREADS: generate once");
  generate->add_option("words", words)->required()->expected(2);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (*download) {
    Download(words[0], words[1]);
    return 0;
  }
  if (*generate) {
    Generate(words[0], std::stoi(words[1]));
    return 0;
  }
  const ProcessRunner runner;
  const std::string self = "/proc/self/exe";
  const bool downloaded = CompareDownload(runner, self, download_mib, runs);
  const bool generated = CompareGenerate(runner, self, folder_mib, runs);
  return downloaded && generated ? 0 : 1;
}

}  // namespace
}  // namespace scriptworker

int main(int argc, char** argv) { return scriptworker::Main(argc, argv); }
