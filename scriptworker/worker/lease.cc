// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/lease.h"

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

namespace scriptworker::worker {
namespace {

// A queue that hands out leases in the past is not asked in a busy loop.
constexpr absl::Duration kShortestPause = absl::Milliseconds(500);

constexpr absl::Duration kToleratedSkew = absl::Minutes(1);
constexpr absl::Duration kShortestCredible = absl::Seconds(30);
constexpr absl::Duration kLongestCredible = absl::Hours(2);
constexpr absl::Duration kAssumed = absl::Minutes(1);

bool IsCredible(absl::Duration length, absl::Duration shortest) {
  return length >= shortest && length <= kLongestCredible;
}

}  // namespace

bool ClocksContradict(const std::optional<absl::Time>& server_time, absl::Time now) {
  return server_time.has_value() && absl::AbsDuration(*server_time - now) > kToleratedSkew;
}

absl::Duration LeaseLength(absl::Time taken_until, const std::optional<absl::Time>& server_time,
                           absl::Time now) {
  const absl::Duration by_now = taken_until - now;
  if (!server_time.has_value()) {
    return IsCredible(by_now, absl::Seconds(1)) ? by_now : kAssumed;
  }
  const absl::Duration by_server = taken_until - *server_time;
  if (!ClocksContradict(server_time, now)) return std::min(by_server, by_now);
  absl::Duration length = absl::InfiniteDuration();
  for (const absl::Duration candidate : {by_server, by_now}) {
    if (IsCredible(candidate, kShortestCredible)) length = std::min(length, candidate);
  }
  return length == absl::InfiniteDuration() ? kAssumed : length;
}

LeaseSchedule ScheduleFor(absl::Duration length, absl::Duration reclaim_interval) {
  const absl::Duration renew_margin = std::min(length / 3, absl::Minutes(2));
  const absl::Duration end_margin = std::clamp(length / 10, absl::Seconds(2), absl::Seconds(10));
  return {.renew = std::max(std::min(reclaim_interval, length - renew_margin), kShortestPause),
          .give_up = length - end_margin};
}

}  // namespace scriptworker::worker
