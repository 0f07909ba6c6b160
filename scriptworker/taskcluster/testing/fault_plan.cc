// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/fault_plan.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace scriptworker::taskcluster {
namespace {

bool Fits(std::string_view pattern, std::string_view endpoint) {
  return pattern == "*" || pattern == endpoint;
}

}  // namespace

std::string Fault::ToString() const {
  std::string text;
  switch (kind) {
    case Kind::kReset:
      text = "reset";
      break;
    case Kind::kTimeout:
      text = "timeout";
      break;
    case Kind::kStatus:
      text = absl::StrCat(status);
      break;
    case Kind::kTruncate:
      return "truncated";
  }
  if (after_the_work) absl::StrAppend(&text, " after the work");
  return text;
}

void FaultPlan::Add(std::string_view endpoint, Fault fault, int nth, int times) {
  absl::MutexLock lock(&mutex_);
  rules_.push_back({.endpoint = std::string(endpoint),
                    .fault = std::move(fault),
                    .skip = nth - 1,
                    .left = times});
}

void FaultPlan::AddRandom(std::vector<std::string> endpoints, std::vector<Fault> faults,
                          double probability, uint64_t seed) {
  absl::MutexLock lock(&mutex_);
  random_rules_.push_back({.endpoints = std::move(endpoints),
                           .faults = std::move(faults),
                           .probability = probability,
                           .random = std::mt19937_64(seed)});
}

void FaultPlan::Clear() {
  absl::MutexLock lock(&mutex_);
  rules_.clear();
  random_rules_.clear();
}

std::optional<Fault> FaultPlan::Next(std::string_view endpoint) {
  absl::MutexLock lock(&mutex_);
  std::optional<Fault> fault;
  for (Rule& rule : rules_) {
    if (rule.left == 0 || !Fits(rule.endpoint, endpoint)) continue;
    if (rule.skip > 0) {
      --rule.skip;
    } else if (!fault.has_value()) {
      --rule.left;
      fault = rule.fault;
    }
  }
  for (RandomRule& rule : random_rules_) {
    const bool fits =
        std::any_of(rule.endpoints.begin(), rule.endpoints.end(),
                    [&](const std::string& pattern) { return Fits(pattern, endpoint); });
    if (!fits || rule.faults.empty()) continue;
    // The standard's distributions differ between libraries; these do not.
    const double chance = static_cast<double>(rule.random() >> 11) * 0x1.0p-53;
    const uint64_t choice = rule.random() % rule.faults.size();
    if (chance < rule.probability && !fault.has_value()) {
      fault = rule.faults[choice];
    }
  }
  if (fault.has_value()) ++fired_;
  return fault;
}

int FaultPlan::fired() const {
  absl::MutexLock lock(&mutex_);
  return fired_;
}

bool FaultPlan::exhausted() const {
  absl::MutexLock lock(&mutex_);
  return std::all_of(rules_.begin(), rules_.end(), [](const Rule& rule) { return rule.left == 0; });
}

}  // namespace scriptworker::taskcluster
