// SPDX-License-Identifier: MPL-2.0
#include "cot/progress.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scriptworker/base/visible_text.h"
#include "scriptworker/http/body.h"

namespace cot {

using scriptworker::LogLevel;
using scriptworker::http::Request;
using scriptworker::http::Response;

namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(100);
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

void CommandLogger::Log(LogLevel level, std::string_view message) {
  if (level < least_) return;
  absl::MutexLock lock(&mutex_);
  if (has_status_) stream_ << kClearLine;
  has_status_ = false;
  stream_ << absl::StrCat(scriptworker::LogLevelName(level), ":scriptworker:",
                          scriptworker::VisibleText(message, scriptworker::TextLayout::kLogMessage),
                          "\n");
  stream_.flush();
}

void CommandLogger::ShowStatus(std::string_view status) {
  absl::MutexLock lock(&mutex_);
  if (!has_status_ && status.empty()) return;
  stream_ << kClearLine << status;
  stream_.flush();
  has_status_ = !status.empty();
}

class ProgressTransport::CountingSink final : public scriptworker::http::BodySink {
 public:
  CountingSink(scriptworker::http::BodySink& inner, ProgressTransport& progress)
      : inner_(inner), progress_(progress) {}

  absl::Status Write(std::string_view data) override {
    progress_.Add({.bytes = static_cast<int64_t>(data.size())});
    return inner_.Write(data);
  }
  absl::Status Restart() override { return inner_.Restart(); }

 private:
  scriptworker::http::BodySink& inner_;
  ProgressTransport& progress_;
};

absl::StatusOr<Response> ProgressTransport::Send(const Request& request) {
  if (request.sink == nullptr) {
    absl::StatusOr<Response> response = inner_.Send(request);
    Add({.requests = 1, .bytes = response.ok() ? static_cast<int64_t>(response->body.size()) : 0});
    return response;
  }
  CountingSink sink(*request.sink, *this);
  Request counted = request;
  counted.sink = &sink;
  absl::StatusOr<Response> response = inner_.Send(counted);
  Add({.requests = 1});
  return response;
}

void ProgressTransport::AddLink() { Add({.links = 1}); }

void ProgressTransport::AddArtifact() { Add({.artifacts = 1}); }

void ProgressTransport::Add(const Counts& counts) {
  absl::MutexLock lock(&mutex_);
  counts_.links += counts.links;
  counts_.artifacts += counts.artifacts;
  counts_.requests += counts.requests;
  counts_.bytes += counts.bytes;
  if (screen_ == nullptr || clock_.Monotonic() - shown_ < kInterval) return;
  shown_ = clock_.Monotonic();
  Show();
}

void ProgressTransport::Show() {
  screen_->ShowStatus(absl::StrFormat("%d links, %d artifacts, %.1f MB", counts_.links,
                                      counts_.artifacts, static_cast<double>(counts_.bytes) / 1e6));
}

void ProgressTransport::Clear() {
  if (screen_ != nullptr) screen_->ShowStatus("");
}

int ProgressTransport::requests() const {
  absl::MutexLock lock(&mutex_);
  return counts_.requests;
}

int64_t ProgressTransport::bytes() const {
  absl::MutexLock lock(&mutex_);
  return counts_.bytes;
}

}  // namespace cot
