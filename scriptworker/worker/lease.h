// SPDX-License-Identifier: MPL-2.0
//
// How long a claim is good, and what has to happen when.

#ifndef SCRIPTWORKER_WORKER_LEASE_H_
#define SCRIPTWORKER_WORKER_LEASE_H_

#include <optional>

#include "absl/time/time.h"

namespace scriptworker::worker {

// From the moment it was granted, at which the queue's clock said `server_time`
// (the answer's Date; nullopt: none, or none that could be read) and this
// machine's said `now`. Either clock may be wrong. As long as one of them is
// right the lease is not believed to be longer than it is, nor to be over at once:
// an end that is less than half a minute or more than two hours away by a clock
// that contradicts the other is not believed; of two that can be, the earlier is;
// if none can be, a minute is assumed, which a renewal soon corrects.
absl::Duration LeaseLength(absl::Time taken_until, const std::optional<absl::Time>& server_time,
                           absl::Time now);

// Whether the two clocks are so far apart that one of them has to be wrong.
bool ClocksContradict(const std::optional<absl::Time>& server_time, absl::Time now);

// When a lease of `length` is renewed and when it is given up, both counted
// from the moment it was granted.
struct LeaseSchedule {
  // The earlier of the interval and a margin before the end (a third of the
  // lease, two minutes at most).
  absl::Duration renew;
  // Late enough for retries, early enough for the script to be ended before
  // another worker can get the run: a tenth of the lease before its end, within
  // 2 and 10 seconds.
  absl::Duration give_up;
};
LeaseSchedule ScheduleFor(absl::Duration length, absl::Duration reclaim_interval);

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_LEASE_H_
