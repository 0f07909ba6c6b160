// SPDX-License-Identifier: MPL-2.0
//
// Real workers against a local Taskcluster, while requests fail and workers are
// killed at random; or, with --load, without any of that. At the end every task
// has to be resolved exactly once, as its script says.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/log/check.h"
#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/testing/fake_taskcluster.h"
#include "scriptworker/taskcluster/testing/fault_plan.h"
#include "scriptworker/taskcluster/testing/task_builder.h"
#include "tools/fault_soak/fleet.h"
#include "tools/fault_soak/ledger.h"
#include "tools/local_taskcluster/local_taskcluster.h"

namespace scriptworker::tools {
namespace {

using taskcluster::Fault;
using taskcluster::TaskId;

constexpr int kUsageError = 2;
constexpr absl::Duration kTick = absl::Milliseconds(50);

struct Options {
  double minutes = 1;
  uint64_t seed = 0;
  int workers = 0;
  double faults = 5;  // percent
  double hurts_per_minute = 20;
  int tasks = 0;
  double rate = 0;  // tasks a second; 0: as fast as they are worked off
  bool load = false;
  std::string folder = {};
};

// Notes the start; says so if another script of the same task is alive; fails for
// one task of four.
constexpr std::string_view kScript =
    R"(echo "$TASK_ID $RUN_ID" >> $DIR/starts; exec 9> $DIR/locks/$TASK_ID; )"
    R"(flock -n 9 || echo "$TASK_ID $RUN_ID" >> $DIR/overlaps; $WORK; )"
    R"(case $TASK_ID in *A) exit 1;; esac)";

Ending EndingOf(const TaskId& id) {
  return absl::EndsWith(id.str(), "A") ? Ending::kFailed : Ending::kCompleted;
}

// A silence keeps a worker waiting for a minute, so it is rare.
std::vector<Fault> Faults() {
  std::vector<Fault> faults = {Fault::Timeout()};
  for (int i = 0; i < 3; ++i) {
    for (const Fault& fault :
         {Fault::Reset(), Fault::Reset().AfterTheWork(), Fault::Truncate(), Fault::Status(429),
          Fault::Status(500), Fault::Status(500).AfterTheWork(), Fault::Status(502),
          Fault::Status(503)}) {
      faults.push_back(fault);
    }
  }
  return faults;
}

class Soak {
 public:
  explicit Soak(Options options) : options_(std::move(options)), random_(options_.seed) {
    CHECK_OK(MakeDirs(options_.folder + "/locks"));
    LocalTaskclusterOptions local;
    local.fake.poll = absl::Seconds(1);
    // So short that a claim which nobody keeps is soon another's.
    local.fake.claim = options_.load ? absl::Minutes(20) : absl::Seconds(20);
    local.fake.on_event = [this](const taskcluster::QueueEvent& event) { ledger_.Saw(event); };
    MakeTokensRandom(local.fake);
    taskcluster_ = LocalTaskcluster::Start(clock_, local).value();
    fleet_ = std::make_unique<Fleet>(
        *taskcluster_, options_.folder, options_.workers,
        absl::StrReplaceAll(kScript, {{"$DIR", options_.folder},
                                      {"$WORK", options_.load ? ":" : "sleep 0.$((RANDOM % 4))"}}),
        "artifact_upload_timeout: 5\n");
  }

  int Run() {
    Announce();
    if (!options_.load) {
      taskcluster_->fake().faults().AddRandom({"*"}, Faults(), options_.faults / 100,
                                              options_.seed);
    }
    Work();
    taskcluster_->fake().faults().Clear();
    AwaitTheRest();
    const Fleet::Usage usage = fleet_->Measure();
    fleet_->Stop();
    ledger_.ReadStarts(ReadFile(options_.folder + "/starts", int64_t{1} << 30).value_or(""));
    return Report(usage);
  }

 private:
  void Announce() const {
    std::printf("%d workers in %s; seed %llu; %s\n", options_.workers, options_.folder.c_str(),
                static_cast<unsigned long long>(options_.seed),
                options_.load
                    ? absl::StrCat("no faults, ", options_.tasks, " tasks").c_str()
                    : absl::StrCat(options_.faults, " % of requests fail, ",
                                   options_.hurts_per_minute, " workers a minute are killed")
                          .c_str());
    std::printf("%8s %8s %8s %10s %10s %10s %12s\n", "seconds", "tasks", "resolved", "faults",
                "RSS min", "RSS max", "CPU per task");
  }

  bool EnoughSubmitted() const {
    if (options_.tasks > 0) return ledger_.submitted() >= options_.tasks;
    return clock_.Monotonic() - start_ >= absl::Minutes(1) * options_.minutes;
  }

  bool NextIsDue() const {
    const double seconds = absl::ToDoubleSeconds(clock_.Monotonic() - start_);
    return options_.rate == 0 || ledger_.submitted() < options_.rate * seconds;
  }

  void Submit() {
    const TaskId id = TaskId::Random(random_);
    ledger_.Submitted(id.str(), EndingOf(id));
    taskcluster::TaskBuilder task(clock_.Now());
    task.Deadline(clock_.Now() + absl::Hours(20)).Expires(clock_.Now() + absl::Hours(30));
    CHECK_OK(taskcluster_->fake().CreateTask(id, task.Retries(49).Build()));
  }

  void Work() {
    start_ = clock_.Monotonic();
    next_hurt_ = start_ + Pause();
    while (!EnoughSubmitted()) {
      while (ledger_.submitted() - ledger_.resolved() < 4 * options_.workers && NextIsDue() &&
             !EnoughSubmitted()) {
        Submit();
      }
      Tick();
    }
  }

  void AwaitTheRest() {
    const absl::Duration end = clock_.Monotonic() + absl::Minutes(options_.load ? 30 : 4);
    options_.hurts_per_minute = 0;
    while (ledger_.resolved() < ledger_.submitted() && clock_.Monotonic() < end) Tick();
  }

  void Tick() {
    fleet_->Tend();
    if (!options_.load && options_.hurts_per_minute > 0 && clock_.Monotonic() >= next_hurt_) {
      fleet_->HurtOne(random_);
      next_hurt_ = clock_.Monotonic() + Pause();
    }
    if (clock_.Monotonic() >= next_row_) PrintRow();
    absl::SleepFor(kTick);
  }

  absl::Duration Pause() {
    return absl::Minutes(
        std::exponential_distribution<double>(std::max(options_.hurts_per_minute, 0.001))(random_));
  }

  void PrintRow() {
    const Fleet::Usage usage = fleet_->Measure();
    std::printf("%8.0f %8d %8d %10d %6.1f MiB %6.1f MiB %9.2f ms\n",
                absl::ToDoubleSeconds(clock_.Monotonic() - start_), ledger_.submitted(),
                ledger_.resolved(), taskcluster_->fake().faults().fired(), usage.rss_min_mib,
                usage.rss_max_mib, PerTaskMs(usage));
    std::fflush(stdout);
    const absl::Duration done = clock_.Monotonic() - start_;
    next_row_ = clock_.Monotonic() + std::clamp(done / 8, absl::Seconds(10), absl::Minutes(5));
  }

  double PerTaskMs(const Fleet::Usage& usage) const {
    return absl::ToDoubleMilliseconds(usage.cpu) / std::max(ledger_.runs(), 1);
  }

  std::vector<std::string> Complaints() {
    std::vector<std::string> all = ledger_.Complaints();
    all.insert(all.end(), fleet_->complaints().begin(), fleet_->complaints().end());
    const std::string overlaps = ReadFile(options_.folder + "/overlaps").value_or("");
    if (!overlaps.empty()) {
      all.push_back(absl::StrCat("scripts of two runs of a task were alive at once:\n", overlaps));
    }
    return all;
  }

  int Report(const Fleet::Usage& usage) {
    const auto pairs = absl::PairFormatter(" ");
    const double seconds = absl::ToDoubleSeconds(clock_.Monotonic() - start_);
    std::printf("\n%d tasks, %d runs, %d starts of scripts, %.0f s (%.1f tasks a second)\n",
                ledger_.submitted(), ledger_.runs(), ledger_.starts(), seconds,
                ledger_.submitted() / seconds);
    std::printf("runs ended: %s\n", absl::StrJoin(ledger_.Endings(), ", ", pairs).c_str());
    std::printf("%d requests, %d faults; workers were started %d times; signals: %s\n",
                taskcluster_->fake().request_log().total(), taskcluster_->fake().faults().fired(),
                fleet_->starts(), absl::StrJoin(fleet_->hurt(), ", ", pairs).c_str());
    std::printf("workers: %.2f ms of CPU per run, %.1f to %.1f MiB resident at the end\n",
                PerTaskMs(usage), usage.rss_min_mib, usage.rss_max_mib);
    const std::vector<std::string> complaints = Complaints();
    if (complaints.empty()) {
      std::filesystem::remove_all(options_.folder);
      std::printf("every task was resolved exactly once, no script was started twice in a run\n");
      return 0;
    }
    for (const std::string& complaint : complaints) std::printf("WRONG: %s\n", complaint.c_str());
    std::printf("%zu things are wrong; the workers' logs are in %s; --seed %llu\n",
                complaints.size(), options_.folder.c_str(),
                static_cast<unsigned long long>(options_.seed));
    return 1;
  }

  Options options_;
  std::mt19937_64 random_;
  SystemClock clock_;
  Ledger ledger_;
  std::unique_ptr<LocalTaskcluster> taskcluster_;
  std::unique_ptr<Fleet> fleet_;
  absl::Duration start_ = absl::ZeroDuration();
  absl::Duration next_hurt_ = absl::ZeroDuration();
  absl::Duration next_row_ = absl::ZeroDuration();
};

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Run workers while requests fail and workers are killed at random.", "fault_soak");
  app.get_formatter()->column_width(20);
  app.add_option("--minutes", options.minutes, "How long tasks are submitted (default: 1)")
      ->check(CLI::PositiveNumber)
      ->type_name("M");
  app.add_option("--seed", options.seed, "Of all chance; without it a random one, which is shown")
      ->type_name("N");
  app.add_option("--workers", options.workers, "1 to 64 (default: 4, with --load 8)")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  app.add_option("--faults", options.faults, "Percent of requests that fail, 0 to 50 (default: 5)")
      ->check(CLI::Range(0.0, 50.0))
      ->type_name("P");
  app.add_option("--kills", options.hurts_per_minute,
                 "Signals a minute: KILL, TERM (once or twice), USR1\n(default: 20)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  app.add_option("--tasks", options.tasks, "Submit so many, however long it takes")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  app.add_option("--rate", options.rate, "Submit at most so many tasks a second")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  app.add_flag("--load", options.load, "No faults and no signals; 10000 tasks unless --tasks");
  app.footer(
      "Exit status: 0 if every task was resolved exactly once, as its script says,\n"
      "and no script was started twice in a run; 1 if not, with what is wrong;\n"
      "2 wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  if (options.seed == 0) options.seed = absl::Uniform<uint32_t>(absl::BitGen());
  if (options.workers == 0) options.workers = options.load ? 8 : 4;
  if (options.load && options.tasks == 0) options.tasks = 10'000;
  std::string folder = (std::filesystem::temp_directory_path() / "fault_soak.XXXXXX").string();
  CHECK(::mkdtemp(folder.data()) != nullptr) << folder;
  options.folder = folder;
  return Soak(options).Run();
}

}  // namespace
}  // namespace scriptworker::tools

int main(int argc, char** argv) { return scriptworker::tools::Main(argc, argv); }
