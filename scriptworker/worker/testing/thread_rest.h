// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TESTING_THREAD_REST_H_
#define SCRIPTWORKER_WORKER_TESTING_THREAD_REST_H_

namespace scriptworker::worker {

// Whether all other threads of this process wait for something: none runs, is ready to run (as
// on a loaded machine it can be for long), or waits for a disk. Each is looked at at a moment of
// its own, so one may have been woken since. Linux only (/proc); any thread.
bool OtherThreadsRest();

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_THREAD_REST_H_
