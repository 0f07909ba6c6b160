// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_WORKER_TESTING_TRACER_H_
#define SCRIPTWORKER_WORKER_TESTING_TRACER_H_

#include <sys/types.h>

#include <string>

namespace scriptworker::worker {

// A process that is none of the script's, and traces the one whose number the file "leader" in
// `dir` gives: nobody is told of that one's end any more, as if it hung in the kernel. When it does
// there is a file "traced"; "untraced" if it may not. Linux only. Not thread-safe.
class Tracer {
 public:
  // Forks: before the test has threads.
  explicit Tracer(const std::string& dir);
  // Ends it.
  ~Tracer() { End(); }
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // What it traces may end.
  void End();

 private:
  pid_t pid_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TESTING_TRACER_H_
