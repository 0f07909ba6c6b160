// SPDX-License-Identifier: MPL-2.0
#ifndef COT_PROGRESS_H_
#define COT_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/http/transport.h"

namespace cot {

// The log of a command: `LEVEL:scriptworker:MESSAGE` a line, from a level on; messages as in the
// worker's log (visible_text.h). On a terminal a status may stand below it. Thread-safe.
class CommandLogger final : public scriptworker::Logger {
 public:
  CommandLogger(std::ostream& stream, scriptworker::LogLevel least)
      : stream_(stream), least_(least) {}

  void Log(scriptworker::LogLevel level, std::string_view message) override;

  // In place of the status before; it is gone when the next line is logged. Empty: none.
  void ShowStatus(std::string_view status);

 private:
  absl::Mutex mutex_;
  std::ostream& stream_ ABSL_GUARDED_BY(mutex_);
  bool has_status_ ABSL_GUARDED_BY(mutex_) = false;
  const scriptworker::LogLevel least_;
};

// Counts what comes through a transport, and the links and artifacts that it is told of, and
// keeps a status of that up to date. Thread-safe.
class ProgressTransport final : public scriptworker::http::Transport {
 public:
  // Borrows all. `screen` may be null: nothing is shown.
  ProgressTransport(scriptworker::http::Transport& inner, scriptworker::Clock& clock,
                    CommandLogger* screen)
      : inner_(inner), clock_(clock), screen_(screen) {}

  absl::StatusOr<scriptworker::http::Response> Send(
      const scriptworker::http::Request& request) override;

  void AddLink();
  void AddArtifact();

  // Takes the status away.
  void Clear();

  int requests() const;
  int64_t bytes() const;

 private:
  struct Counts {
    int links = 0;
    int artifacts = 0;
    int requests = 0;
    int64_t bytes = 0;
  };
  void Add(const Counts& counts);
  void Show() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  class CountingSink;

  scriptworker::http::Transport& inner_;
  scriptworker::Clock& clock_;
  mutable absl::Mutex mutex_;
  CommandLogger* const screen_;
  Counts counts_ ABSL_GUARDED_BY(mutex_);
  absl::Duration shown_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
};

}  // namespace cot

#endif  // COT_PROGRESS_H_
