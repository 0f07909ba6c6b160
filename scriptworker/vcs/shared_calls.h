// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_VCS_SHARED_CALLS_H_
#define SCRIPTWORKER_VCS_SHARED_CALLS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace scriptworker::vcs {

// Results of slow calls by key. Callers that ask for one key at the same time share
// one call, its error included; a result is kept, an error never. Thread-safe; the calls
// run without a lock held.
template <typename T>
class SharedCalls {
 public:
  // A result for which `is_lasting` is false is treated as an error is: shared, not
  // kept.
  explicit SharedCalls(std::function<bool(const T&)> is_lasting = [](const T&) { return true; })
      : is_lasting_(std::move(is_lasting)) {}

  // The result for `key`: a kept one unless `fresh`, that of a call that runs, or that
  // of `call`. Only the caller whose `call` runs can cancel it.
  absl::StatusOr<T> Get(const std::string& key, absl::FunctionRef<absl::StatusOr<T>()> call,
                        bool fresh = false) ABSL_LOCKS_EXCLUDED(mutex_) {
    std::shared_ptr<Call> mine;
    {
      absl::MutexLock lock(&mutex_);
      std::shared_ptr<Call>& entry = calls_[key];
      if (entry != nullptr && (!entry->done || !fresh)) {
        const std::shared_ptr<Call> other = entry;
        mutex_.Await(absl::Condition(&other->done));
        return other->result;
      }
      mine = entry = std::make_shared<Call>();
    }
    absl::StatusOr<T> result = call();
    absl::MutexLock lock(&mutex_);
    mine->result = result;
    mine->done = true;
    if (!result.ok() || !is_lasting_(*result)) calls_.erase(key);
    return result;
  }

 private:
  struct Call {
    bool done = false;
    absl::StatusOr<T> result = absl::InternalError("the call has not ended");
  };

  const std::function<bool(const T&)> is_lasting_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<Call>> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::vcs

#endif  // SCRIPTWORKER_VCS_SHARED_CALLS_H_
