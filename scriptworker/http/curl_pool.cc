// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/http/curl_pool.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "curl/curl.h"

namespace scriptworker::http {

class CurlPool::Share {
 public:
  Share() : handle_(curl_share_init()) {
    if (handle_ == nullptr) return;  // Works without, more slowly.
    curl_share_setopt(handle_.get(), CURLSHOPT_USERDATA, this);
    curl_share_setopt(handle_.get(), CURLSHOPT_LOCKFUNC, &Lock);
    curl_share_setopt(handle_.get(), CURLSHOPT_UNLOCKFUNC, &Unlock);
    curl_share_setopt(handle_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(handle_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }

  CURLSH* handle() const { return handle_.get(); }

 private:
  static void Lock(CURL*, curl_lock_data data, curl_lock_access,
                   void* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    static_cast<Share*>(self)->mutexes_[data].Lock();
  }
  static void Unlock(CURL*, curl_lock_data data, void* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    static_cast<Share*>(self)->mutexes_[data].Unlock();
  }

  std::array<absl::Mutex, CURL_LOCK_DATA_LAST> mutexes_;
  CurlShare handle_;
};

CurlPool::CurlPool(size_t max_idle, std::chrono::milliseconds max_idle_time)
    : max_idle_(max_idle), max_idle_time_(max_idle_time), share_(std::make_unique<Share>()) {}

CurlPool::~CurlPool() = default;

absl::StatusOr<std::unique_ptr<CurlConnection>> CurlPool::Take(std::string_view origin) {
  {
    absl::MutexLock lock(&mutex_);
    for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
      if ((*it)->origin != origin) continue;
      std::unique_ptr<CurlConnection> found = std::move(*it);
      idle_.erase(std::next(it).base());
      return found;
    }
  }
  auto fresh = std::make_unique<CurlConnection>();
  fresh->origin = std::string(origin);
  fresh->multi.reset(curl_multi_init());
  fresh->easy.reset(curl_easy_init());
  if (fresh->multi == nullptr || fresh->easy == nullptr) {
    return absl::ResourceExhaustedError("no memory or descriptor for libcurl");
  }
  curl_multi_setopt(fresh->multi.get(), CURLMOPT_MAXCONNECTS, 1L);
  curl_easy_setopt(fresh->easy.get(), CURLOPT_SHARE, share_->handle());
  return fresh;
}

void CurlPool::Return(std::unique_ptr<CurlConnection> connection) {
  const auto now = std::chrono::steady_clock::now();
  connection->idle_since = now;
  // Closed after the mutex is released.
  std::vector<std::unique_ptr<CurlConnection>> closing;
  absl::MutexLock lock(&mutex_);
  idle_.push_back(std::move(connection));
  auto keep = std::find_if(idle_.begin(), idle_.end(), [&](const auto& candidate) {
    return now - candidate->idle_since <= max_idle_time_;
  });
  if (const size_t size = static_cast<size_t>(idle_.end() - keep); size > max_idle_) {
    keep += static_cast<std::ptrdiff_t>(size - max_idle_);
  }
  closing.assign(std::make_move_iterator(idle_.begin()), std::make_move_iterator(keep));
  idle_.erase(idle_.begin(), keep);
}

}  // namespace scriptworker::http
