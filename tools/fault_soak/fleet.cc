// SPDX-License-Identifier: MPL-2.0
#include "tools/fault_soak/fleet.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "scriptworker/base/file.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker::tools {
namespace {

struct Hurt {
  std::string name;
  std::vector<int> signals;
  // How it may end: a signal that comes before main() does what it always does.
  std::vector<int> expected;
  int weight;
};

const std::vector<Hurt>& Hurts() {
  static const std::vector<Hurt>& hurts = *new std::vector<Hurt>{
      {"KILL", {SIGKILL}, {-SIGKILL}, 5},
      {"TERM", {SIGTERM}, {0, -SIGTERM}, 3},
      {"TERM TERM", {SIGTERM, SIGTERM}, {0, 1, -SIGTERM}, 1},
      {"USR1", {SIGUSR1}, {0, -SIGUSR1}, 1},
  };
  return hurts;
}

// utime and stime; nullopt: it is gone.
std::optional<absl::Duration> CpuOf(pid_t pid) {
  const absl::StatusOr<std::string> stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  if (!stat.ok()) return std::nullopt;
  const std::vector<std::string> fields =
      absl::StrSplit(stat->substr(std::min(stat->size(), stat->rfind(')') + 2)), ' ');
  int64_t user = 0;
  int64_t system = 0;
  if (fields.size() < 13 || !absl::SimpleAtoi(fields[11], &user) ||
      !absl::SimpleAtoi(fields[12], &system)) {
    return std::nullopt;
  }
  return absl::Seconds(static_cast<double>(user + system) /
                       static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

std::optional<double> RssMibOf(pid_t pid) {
  const absl::StatusOr<std::string> statm = ReadFile(absl::StrCat("/proc/", pid, "/statm"));
  if (!statm.ok()) return std::nullopt;
  const std::vector<std::string> fields = absl::StrSplit(*statm, ' ');
  int64_t pages = 0;
  if (fields.size() < 2 || !absl::SimpleAtoi(fields[1], &pages) || pages == 0) return std::nullopt;
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

}  // namespace

Fleet::Fleet(LocalTaskcluster& taskcluster, const std::string& folder, int size,
             const std::string& task_script, const std::string& more) {
  for (int i = 0; i < size; ++i) {
    const std::string place = absl::StrCat(folder, "/worker-", i);
    MakeDirs(place).IgnoreError();  // the site's first file says it
    members_.push_back(
        {.site = std::make_unique<WorkerSite>(taskcluster, place,
                                              SiteOptions{.worker_id = absl::StrCat("worker-", i),
                                                          .task_script = task_script,
                                                          .poll_interval = 0,
                                                          .reclaim_interval = 5,
                                                          .verbose = false,
                                                          .more = more})});
  }
}

void Fleet::NoteEnd(Member& member, int status) {
  cpu_of_ended_ += member.cpu;
  member.cpu = absl::ZeroDuration();
  if (std::find(member.expected.begin(), member.expected.end(), status) == member.expected.end()) {
    complaints_.push_back(absl::StrCat("a worker ended by itself or wrongly, with status ", status,
                                       ": see ", member.site->Path("output")));
  }
  member.expected.clear();
  member.process.reset();
}

void Fleet::Tend() {
  for (Member& member : members_) {
    if (member.process.has_value()) {
      const std::optional<int> status = member.process->Poll();
      if (!status.has_value()) continue;
      NoteEnd(member, *status);
    }
    member.process.emplace(member.site->Start());
    ++starts_;
  }
}

void Fleet::HurtOne(std::mt19937_64& random) {
  Member& member = members_[random() % members_.size()];
  int total = 0;
  for (const Hurt& hurt : Hurts()) total += hurt.weight;
  int drawn = static_cast<int>(random() % static_cast<uint64_t>(total));
  const uint64_t pause_ms = random() % 300;
  auto hurt = Hurts().begin();
  while (drawn >= hurt->weight) drawn -= (hurt++)->weight;
  // One that was told to end, and still does, is left alone.
  if (!member.process.has_value() || member.process->Poll().has_value() ||
      !member.expected.empty()) {
    return;
  }
  Measure();
  member.expected = hurt->expected;
  ++hurt_[hurt->name];
  for (size_t i = 0; i < hurt->signals.size(); ++i) {
    if (i > 0) absl::SleepFor(absl::Milliseconds(pause_ms));
    if (!member.process->Poll().has_value()) member.process->Signal(hurt->signals[i]);
  }
}

void Fleet::Stop() {
  Measure();
  for (Member& member : members_) {
    if (!member.process.has_value() || member.process->Poll().has_value()) continue;
    // A second SIGTERM would be one to end at once.
    if (member.expected.empty()) member.process->Signal(SIGTERM);
    member.expected.insert(member.expected.end(), {0, -SIGTERM});
  }
  for (Member& member : members_) {
    if (!member.process.has_value()) continue;
    if (const std::optional<int> status = member.process->Wait(absl::Minutes(2))) {
      NoteEnd(member, *status);
    } else {
      complaints_.push_back("a worker did not end within two minutes of SIGTERM");
      member.process.reset();
    }
  }
}

Fleet::Usage Fleet::Measure() {
  Usage usage{.cpu = cpu_of_ended_};
  for (Member& member : members_) {
    if (!member.process.has_value() || member.process->Poll().has_value()) {
      usage.cpu += member.cpu;
      continue;
    }
    const pid_t pid = member.process->pid();
    member.cpu = CpuOf(pid).value_or(member.cpu);
    usage.cpu += member.cpu;
    const std::optional<double> rss = RssMibOf(pid);
    if (!rss.has_value()) continue;
    usage.rss_max_mib = std::max(usage.rss_max_mib, *rss);
    usage.rss_min_mib = usage.rss_min_mib == 0 ? *rss : std::min(usage.rss_min_mib, *rss);
  }
  return usage;
}

}  // namespace scriptworker::tools
