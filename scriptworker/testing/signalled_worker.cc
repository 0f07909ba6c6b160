// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/testing/signalled_worker.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/testing/await.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/queue_event.h"
#include "scriptworker/worker/monitoring/status_client.h"
#include "scriptworker/worker/monitoring/worker_state.h"
#include "scriptworker/worker/outcome/exit_status.h"
#include "tools/local_taskcluster/local_taskcluster.h"
#include "tools/worker_site/request_gate.h"
#include "tools/worker_site/running_worker.h"
#include "tools/worker_site/worker_site.h"

namespace scriptworker {

using ::scriptworker::taskcluster::QueueEvent;
using ::scriptworker::tools::RequestGate;
using ::scriptworker::tools::WorkerSite;
using ::scriptworker::worker::Activity;
using Hold = CyclePoint::Hold;

namespace {

constexpr std::uintmax_t kEndless = std::uintmax_t{4} << 40;

// Not every file system has files of that size, though there is nothing in them.
bool MayHoldEndlessFile(const std::string& path) {
  std::error_code error;
  if (!WriteFile(path, "").ok()) return false;
  std::filesystem::resize_file(path, kEndless, error);
  std::filesystem::remove(path);
  return !error;
}

std::string_view NameOf(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "SIGUSR1";
  }
}

std::string_view StringOf(const json::Value& object, std::string_view member) {
  const json::Value* const value = object.Find(member);
  return value != nullptr && value->is_string() ? value->string_value() : "";
}

// Of a child process; "" if it is none, or gone.
std::string NameOfChild(pid_t pid, pid_t parent) {
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat")).value_or("");
  const size_t open = stat.find('(');
  const size_t close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return "";
  // ") S PPID "
  if (!absl::StartsWith(std::string_view(stat).substr(std::min(close + 4, stat.size())),
                        absl::StrCat(parent, " "))) {
    return "";
  }
  return stat.substr(open + 1, close - open - 1);
}

}  // namespace

bool AnyProcessLeft() {
  CHECK_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
  while (true) {
    const pid_t ended = ::waitpid(-1, nullptr, WNOHANG | __WALL);
    if (ended <= 0) return ended == 0;
  }
}

SignalledWorker::SignalledWorker(const CyclePoint& point, std::string more)
    : point_(point), calls_([this](pid_t pid) { return Says(pid); }) {
  // A killed worker's signer is killed by the system, in its own time.
  EXPECT_TRUE(AwaitTrue([] { return !AnyProcessLeft(); })) << "of a case before";
  tools::LocalTaskclusterOptions options;
  options.fake.poll = point.activity == Activity::kPausing ? absl::ZeroDuration()  //
                                                           : absl::Milliseconds(1500);
  options.fake.on_request = [this](std::string_view endpoint, bool worked) {
    if (endpoint == "claimWork" && !worked) {
      absl::MutexLock lock(&mutex_);
      ++claims_;
    }
    gate_.Pass(endpoint, worked);
    report_gate_.Pass(endpoint, worked);
  };
  options.fake.on_event = [this](const QueueEvent& event) { Count(event); };
  tools::MakeTokensRandom(options.fake);
  taskcluster_ = tools::LocalTaskcluster::Start(clock_, options).value();
  absl::StrAppend(&more, "status_socket: ", sockets_.Path("status"), "\n");
  if (point.verifies) {
    // Far enough to ask the queue for the decision task.
    more +=
        "verify_chain_of_trust: true\ncot_product: firefox\ncot_job_type: signing\n"
        "scriptworker_provisioners: [test-provisioner]\n";
  }
  site_ = std::make_unique<WorkerSite>(
      *taskcluster_, temp_.path(),
      tools::SiteOptions{.poll_interval = point.activity == Activity::kPausing ? 1000 : 1,
                         .more = more});
  if (point.has_task) {
    id_ = WorkerSite::Submit(*taskcluster_, clock_, Script(),
                             {.task_group_id = "Hh5Bq2cXSfuVzBuVRQXWGg"});
  }
  if (point.recovers) {
    tools::RunningWorker killed = site_->Start();
    CHECK(site_->AwaitFile("started"));
    killed.Signal(SIGKILL);
    CHECK(killed.Wait() == -SIGKILL);
    absl::MutexLock lock(&mutex_);
    claims_ = 0;
  }
  if (point.hold == Hold::kRequest) gate_.Close(point.request, point.when);
  can_be_held_ = point.hold != Hold::kHashing || MayHoldEndlessFile(temp_.Path("endless"));
  if (can_be_held_) Start();
}

SignalledWorker::~SignalledWorker() {
  LetGo();
  report_gate_.Open();
}

void SignalledWorker::Start() {
  if (point_.hold == Hold::kCall) {
    can_be_held_ = calls_.Run([this] { worker_.emplace(site_->Start()); });
  } else {
    worker_.emplace(site_->Start());
  }
}

// Each later run ends at once.
std::string SignalledWorker::Script() const {
  std::string first = "true";
  switch (point_.hold) {
    case Hold::kScript:
    case Hold::kSigner:
      first = "while ! [ -e $DIR/go ]; do sleep 0.02; done";
      break;
    case Hold::kHashing:
      first = absl::StrCat("truncate -s ", kEndless, " $DIR/artifacts/big");
      break;
    case Hold::kRequest:
      if (point_.script_runs) first = "while ! [ -e $DIR/go ]; do sleep 0.02; done";
      break;
    case Hold::kNothing:
    case Hold::kCall:
      break;
  }
  return absl::StrReplaceAll(
      "trap : TERM; if [ $RUN_ID = 0 ]; then echo once >> $DIR/starts; touch $DIR/started; $FIRST; "
      "fi",
      {{"$FIRST", absl::StrReplaceAll(first, {{"$DIR", temp_.path()}})}, {"$DIR", temp_.path()}});
}

// Whether process `pid` is the worker, and at the point.
bool SignalledWorker::Says(pid_t pid) const {
  const absl::StatusOr<json::Value> document = worker::AskForStatus(sockets_.Path("status"));
  if (!document.ok()) return false;
  const json::Value* const id = document->Find("pid");
  if (id == nullptr || !id->is_int() || id->int_value() != pid) return false;
  if (StringOf(*document, "state") != worker::ToString(point_.activity)) return false;
  if (!point_.phase.has_value()) return true;
  const json::Value* const run = document->Find("run");
  return run != nullptr && StringOf(*run, "phase") == worker::ToString(*point_.phase);
}

bool SignalledWorker::StopSigner() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    if (NameOfChild(pid, worker_->pid()) == "sw-signer") signer_ = pid;
  }
  return signer_ > 0 && ::kill(signer_, SIGSTOP) == 0;
}

bool SignalledWorker::AwaitPoint() {
  switch (point_.hold) {
    case Hold::kNothing:
      break;
    case Hold::kRequest:
      if (!gate_.AwaitArrival()) return false;
      if (point_.script_runs && !site_->AwaitFile("started")) return false;
      break;
    case Hold::kScript:
    case Hold::kHashing:
      if (!site_->AwaitFile("started")) return false;
      break;
    case Hold::kSigner:
      if (!site_->AwaitFile("started") || !StopSigner()) return false;
      temp_.Write("go", "");
      break;
    case Hold::kCall:
      if (!calls_.AwaitArrival()) return false;
      break;
  }
  return AwaitTrue([this] { return Says(worker_->pid()); });
}

void SignalledWorker::HoldReports() {
  if (point_.request != "reportException") {
    report_gate_.Close("reportException", RequestGate::kBeforeTheWork);
  }
}

bool SignalledWorker::Send(const std::vector<int>& signals) {
  bool was_told_to_stop = false;
  for (const int signal : signals) {
    worker_->Signal(signal);
    const std::string line =
        absl::StrCat(NameOf(signal), " received", was_told_to_stop ? " again" : "");
    was_told_to_stop = was_told_to_stop || signal != SIGUSR1;
    if (!AwaitTrue([&] {
          return absl::StrContains(site_->WorkerLog(), line) || worker_->Poll().has_value();
        })) {
      return false;
    }
    if (worker_->Poll().has_value()) return true;
  }
  return true;
}

void SignalledWorker::LetGo() {
  temp_.Write("go", "");
  gate_.Open();
  calls_.LetGo();
  // Not if it is gone, and another process may have its number.
  if (signer_ > 0 && NameOfChild(signer_, worker_->pid()) == "sw-signer") {
    ::kill(signer_, SIGCONT);
  }
}

std::optional<int> SignalledWorker::Wait() { return worker_->Wait(absl::Seconds(30)); }

std::optional<int> SignalledWorker::RunTheNextOne() {
  report_gate_.Open();
  gate_.Open();
  worker_.emplace(site_->Start({"--once"}));
  return Wait();
}

int SignalledWorker::Resolutions(int run_id) {
  absl::MutexLock lock(&mutex_);
  return resolutions_[run_id];
}

int SignalledWorker::Claims() {
  absl::MutexLock lock(&mutex_);
  return claims_;
}

int SignalledWorker::Starts() const {
  const std::string starts = ReadFile(temp_.Path("starts")).value_or("");
  return static_cast<int>(std::count(starts.begin(), starts.end(), '\n'));
}

void SignalledWorker::Count(const QueueEvent& event) {
  if (event.kind == QueueEvent::Kind::kCompleted || event.kind == QueueEvent::Kind::kFailed ||
      event.kind == QueueEvent::Kind::kException) {
    absl::MutexLock lock(&mutex_);
    ++resolutions_[event.run_id];
  }
}

}  // namespace scriptworker
