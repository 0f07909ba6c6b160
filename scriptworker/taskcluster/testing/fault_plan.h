// SPDX-License-Identifier: MPL-2.0
//
// What goes wrong, and when: a script, or chance with a seed.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_FAULT_PLAN_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_FAULT_PLAN_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/http/headers.h"

namespace scriptworker::taskcluster {

// What becomes of one request.
struct Fault {
  enum class Kind {
    kReset,     // the connection ends without an answer
    kTimeout,   // no answer ever comes
    kStatus,    // another answer
    kTruncate,  // the answer ends in the middle; the service did its work
  };

  static Fault Reset() { return {.kind = Kind::kReset}; }
  static Fault Timeout() { return {.kind = Kind::kTimeout}; }
  static Fault Truncate() { return {.kind = Kind::kTruncate}; }
  // `body`: without it, an error body of the service that was asked.
  static Fault Status(int status, std::optional<std::string> body = {},
                      http::Headers headers = {}) {
    return {.kind = Kind::kStatus,
            .status = status,
            .headers = std::move(headers),
            .body = std::move(body)};
  }

  // The same, but the service does its work first: only the answer is lost.
  Fault AfterTheWork() const {
    Fault fault = *this;
    fault.after_the_work = true;
    return fault;
  }

  // "reset", "timeout after the work", "500", ...
  std::string ToString() const;

  Kind kind = Kind::kReset;
  int status = 500;
  http::Headers headers = {};
  std::optional<std::string> body = {};
  bool after_the_work = false;
};

// Endpoints are named as in Taskcluster's API references ("claimWork",
// "reportCompleted", ...); the artifact store's are "putObject" and "getObject";
// "*" stands for all. Thread-safe.
class FaultPlan {
 public:
  // The `nth` request (from 1) of `endpoint` from now on meets `fault`, and so
  // do those after it until it happened `times` times. Of several rules that
  // fit a request the first added wins; all of them count it.
  void Add(std::string_view endpoint, Fault fault, int nth = 1, int times = 1);

  // From now on each request of one of `endpoints` meets one of `faults`, evenly
  // chosen, with `probability`. The same seed and order of requests, the same
  // faults.
  void AddRandom(std::vector<std::string> endpoints, std::vector<Fault> faults, double probability,
                 uint64_t seed);

  // Forgets all rules.
  void Clear();

  // Called once for each request.
  std::optional<Fault> Next(std::string_view endpoint);

  // How often a request met a fault.
  int fired() const;
  // Whether each rule of Add() came to its end: nothing was planned in vain.
  bool exhausted() const;

 private:
  struct Rule {
    std::string endpoint;
    Fault fault;
    int skip;
    int left;
  };
  struct RandomRule {
    std::vector<std::string> endpoints;
    std::vector<Fault> faults;
    double probability;
    std::mt19937_64 random;
  };

  mutable absl::Mutex mutex_;
  std::vector<Rule> rules_ ABSL_GUARDED_BY(mutex_);
  std::vector<RandomRule> random_rules_ ABSL_GUARDED_BY(mutex_);
  int fired_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_FAULT_PLAN_H_
