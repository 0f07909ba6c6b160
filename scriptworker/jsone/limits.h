// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSONE_LIMITS_H_
#define SCRIPTWORKER_JSONE_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/status/status.h"

namespace scriptworker::jsone {

// What one rendering may use at most, or all that share a Budget. A hostile template can ask for
// exponential work in a few bytes; real ones stay below a thousandth of these.
struct Limits {
  int max_depth = 150;                  // nested template nodes, and of expressions
  int64_t max_steps = 10'000'000;       // nodes visited, values and texts looked at
  int64_t max_nodes = 2'000'000;        // values produced
  int64_t max_string_bytes = 64 << 20;  // text produced, all together
  int64_t max_range = 1'000'000;        // elements of one range()
};

// Counts what a rendering has used, or several, one after the other: once they have used it up
// each further one fails. (Depth and range() are of one only.) Each error names the limit.
// Thread-compatible.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  absl::Status Step() { return ++steps_ <= limits_.max_steps ? absl::OkStatus() : StepsExceeded(); }
  absl::Status AddSteps(int64_t count) {
    return Add(count, limits_.max_steps, steps_) ? absl::OkStatus() : StepsExceeded();
  }
  // To be called before a text of so many bytes is searched, hashed, compared or
  // counted: long ones cost steps, or one long text read in a loop is work for hours.
  absl::Status ReadText(size_t bytes) {
    return AddSteps(static_cast<int64_t>(bytes / kTextBytesPerStep));
  }
  absl::Status AddNodes(int64_t count) {
    return Add(count, limits_.max_nodes, nodes_) ? absl::OkStatus() : NodesExceeded();
  }
  absl::Status AddStringBytes(int64_t count) {
    return Add(count, limits_.max_string_bytes, string_bytes_) ? absl::OkStatus() : BytesExceeded();
  }
  absl::Status CheckRange(uint64_t count) const;

  // To be called by whatever walks into a value, with the depth that it has reached: nobody
  // runs out of stack on a value that a template has piled up. The limit is fixed.
  static absl::Status CheckValueDepth(int depth) {
    return depth <= kMaxValueDepth ? absl::OkStatus() : ValueDepthExceeded();
  }

  // One level deeper while it lives.
  class Level {
   public:
    explicit Level(Budget& budget) : budget_(budget) { ++budget_.depth_; }
    ~Level() { --budget_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    absl::Status status() const {
      return budget_.depth_ <= budget_.limits_.max_depth ? absl::OkStatus()
                                                         : budget_.DepthExceeded();
    }

   private:
    Budget& budget_;
  };

  // The errors of max_nodes and max_string_bytes.
  absl::Status NodesExceeded() const;
  absl::Status BytesExceeded() const;

 private:
  static constexpr size_t kTextBytesPerStep = 64;
  static constexpr int kMaxValueDepth = 1000;

  // Whether the limit still holds. A negative count is never right: it would give back what
  // was used.
  static bool Add(int64_t count, int64_t limit, int64_t& used) {
    if (count < 0) return false;
    const bool overflows = __builtin_add_overflow(used, count, &used);
    if (overflows) used = std::numeric_limits<int64_t>::max();  // for whoever comes next
    return !overflows && used <= limit;
  }

  static absl::Status ValueDepthExceeded();
  absl::Status StepsExceeded() const;
  absl::Status DepthExceeded() const;

  Limits limits_;
  int depth_ = 0;
  int64_t steps_ = 0;
  int64_t nodes_ = 0;
  int64_t string_bytes_ = 0;
};

}  // namespace scriptworker::jsone

#endif  // SCRIPTWORKER_JSONE_LIMITS_H_
