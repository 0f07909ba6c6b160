// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_download.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/log/check.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/file_beneath.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/body.h"
#include "scriptworker/http/content_type.h"
#include "scriptworker/http/retrying_transport.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue_error.h"

namespace scriptworker::taskcluster {
namespace {

// Slower than this for a minute is a stalled transfer.
constexpr int64_t kMinBytesPerSecond = 100;

// The sleeps of the reference's downloads: 10-15 s, then 15 s.
RetryPolicy DownloadRetryPolicy() {
  RetryPolicy policy = ReferenceRetryPolicy();
  policy.max = absl::Seconds(15);
  return policy;
}

// Writes to a file and hashes on the way.
class HashingSink final : public http::BodySink {
 public:
  HashingSink(int fd, std::string_view path, const std::vector<crypto::HashAlgorithm>& algorithms)
      : fd_(fd), path_(path) {
    for (const crypto::HashAlgorithm algorithm : algorithms) {
      hashers_.emplace_back(algorithm);
    }
  }

  absl::Status Write(std::string_view data) override {
    for (crypto::Hasher& hasher : hashers_) hasher.Update(data);
    size_ += static_cast<int64_t>(data.size());
    return Remember(WriteAll(fd_, data, path_));
  }

  absl::Status Restart() override {
    for (crypto::Hasher& hasher : hashers_) {
      hasher = crypto::Hasher(hasher.algorithm());
    }
    size_ = 0;
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) {
      return Remember(absl::ErrnoToStatus(errno, absl::StrCat(path_, ": cannot start over")));
    }
    return absl::OkStatus();
  }

  std::vector<crypto::Hasher>& hashers() { return hashers_; }
  int64_t size() const { return size_; }
  // Whether the disk, not the network, is to blame.
  bool failed() const { return failed_; }

 private:
  absl::Status Remember(absl::Status status) {
    if (!status.ok()) failed_ = true;
    return status;
  }

  const int fd_;
  const std::string_view path_;
  std::vector<crypto::Hasher> hashers_;
  int64_t size_ = 0;
  bool failed_ = false;
};

// Taskcluster itself refuses the credentials; a store says 403 in words of its own,
// and not always for good.
bool RefusesCredentials(const http::Response& response) {
  if (response.status != 401 && response.status != 403) return false;
  const std::string code = ParseQueueError(response.status, response.body).code;
  return code == "AuthenticationFailed" || code == "InsufficientScopes";
}

// What is wrong with the response; OK if it is the artifact.
absl::Status CheckResponse(const http::Url& url, const http::Response& response,
                           const std::optional<std::string>& expected_type) {
  if (response.status != 200) {
    if (response.status >= 400) {
      return MakeQueueError(absl::StrCat("GET ", url.Redacted()),
                            ParseQueueError(response.status, response.body));
    }
    return absl::UnavailableError(
        absl::StrCat("GET ", url.Redacted(), ": status ", response.status, " is not 200"));
  }
  if (expected_type.has_value() && !absl::StrContains(*expected_type, "html") &&
      http::IsHtml(response.headers)) {
    return absl::DataLossError(absl::StrCat("GET ", url.Redacted(), ": expected Content-Type '",
                                            *expected_type,
                                            "' but got HTML; treating as an error page"));
  }
  return absl::OkStatus();
}

constexpr std::string_view kDiskFaultUrl = "scriptworker.taskcluster/disk_fault";

absl::Status DiskFault(absl::Status error) {
  error.SetPayload(kDiskFaultUrl, absl::Cord());
  return error;
}

std::string RandomName() {
  absl::BitGen bitgen;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(bitgen), absl::kZeroPad16),
                      absl::Hex(absl::Uniform<uint64_t>(bitgen), absl::kZeroPad16), ".part");
}

// A new file; its folder is made if it is missing.
absl::StatusOr<UniqueFd> CreateFile(const std::string& path) {
  const auto create = [&path] {
    return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  };
  UniqueFd fd = create();
  if (!fd.valid() && errno == ENOENT) {
    SW_RETURN_IF_ERROR(MakeDirs(std::string(Dirname(path)), 0777));
    fd = create();
  }
  if (fd.valid()) return fd;
  return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot create"));
}

// Moves a file; the folder for it is made if it is missing.
absl::Status MoveFile(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  if (errno == ENOENT) {
    SW_RETURN_IF_ERROR(MakeDirs(std::string(Dirname(to)), 0777));
    if (::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, absl::StrCat(to, ": cannot move the download here"));
}

}  // namespace

bool IsDiskFault(const absl::Status& error) { return error.GetPayload(kDiskFaultUrl).has_value(); }

QuarantinedFile::QuarantinedFile(std::string path, UniqueFd fd)
    : path_(std::move(path)), fd_(std::move(fd)) {}

QuarantinedFile::QuarantinedFile(QuarantinedFile&& other) noexcept
    : path_(std::exchange(other.path_, "")),
      fd_(std::move(other.fd_)),
      size_(other.size_),
      digests_(std::move(other.digests_)) {}

QuarantinedFile& QuarantinedFile::operator=(QuarantinedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(size_, other.size_);
  std::swap(digests_, other.digests_);
  return *this;
}

QuarantinedFile::~QuarantinedFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

const std::string& QuarantinedFile::hex_digest(crypto::HashAlgorithm algorithm) const {
  const auto digest = digests_.find(algorithm);
  CHECK(digest != digests_.end()) << "the download was not asked for "
                                  << crypto::HashAlgorithmName(algorithm);
  return digest->second;
}

absl::StatusOr<UniqueFd> QuarantinedFile::Commit(const std::string& path) && {
  SW_RETURN_IF_ERROR(MoveFile(path_, path));
  path_.clear();
  return std::move(fd_);
}

absl::StatusOr<UniqueFd> QuarantinedFile::CommitBeneath(const std::string& dir,
                                                        std::string_view relative) && {
  SW_ASSIGN_OR_RETURN(const UniqueFd parent, MakeParentsBeneath(dir, relative));
  const std::string name(Basename(relative));
  if (::renameat(AT_FDCWD, path_.c_str(), parent.get(), name.c_str()) != 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat(JoinPath(dir, relative), ": cannot move the download here"));
  }
  path_.clear();
  return std::move(fd_);
}

ArtifactDownloader::ArtifactDownloader(http::Transport& transport, Clock& clock)
    : transport_(transport), clock_(clock) {}

absl::Status ArtifactDownloader::Transfer(const http::Url& url, const DownloadOptions& options,
                                          const CancellationToken& cancellation,
                                          http::BodySink& sink,
                                          absl::FunctionRef<bool()> sink_failed) {
  http::Request request;
  request.url = url;
  request.sink = &sink;
  request.redirects = http::Request::Redirects::kFollow;
  request.max_body_bytes = options.max_bytes;
  request.total_timeout = options.timeout;
  request.low_speed_bytes_per_second = kMinBytesPerSecond;
  request.cancellation = cancellation;

  absl::BitGen bitgen;
  bool retryable = false;
  return Retry(
      options.retry.value_or(DownloadRetryPolicy()), clock_, bitgen, cancellation,
      [&](int attempt) -> absl::Status {
        if (attempt > 1) {
          SW_RETURN_IF_ERROR(sink.Restart());
        }
        if (options.redirected_to != nullptr) options.redirected_to->reset();
        const absl::StatusOr<http::Response> response = transport_.Send(request);
        if (!response.ok()) {
          retryable = !sink_failed() && http::IsRetryableError(response.status());
          return response.status();
        }
        if (options.redirected_to != nullptr && !response->redirects.empty()) {
          *options.redirected_to =
              response->redirects.size() > 1 ? response->redirects[1] : response->final_url;
        }
        retryable = response->status != 404 && !RefusesCredentials(*response);
        return CheckResponse(url, *response, options.expected_content_type);
      },
      [&](const absl::Status& error) {
        if (retryable && options.log != nullptr) {
          options.log(absl::StrCat("download failed: ", error.message()));
        }
        return retryable;
      });
}

absl::StatusOr<QuarantinedFile> ArtifactDownloader::Fetch(const http::Url& url,
                                                          const DownloadOptions& options,
                                                          const CancellationToken& cancellation) {
  const std::string path = JoinPath(options.quarantine_directory, RandomName());
  absl::StatusOr<UniqueFd> fd = CreateFile(path);
  if (!fd.ok()) return DiskFault(fd.status());
  QuarantinedFile file(path, *std::move(fd));
  HashingSink sink(file.fd(), path, options.algorithms);
  const absl::Status transferred =
      Transfer(url, options, cancellation, sink, [&sink] { return sink.failed(); });
  if (!transferred.ok()) return sink.failed() ? DiskFault(transferred) : transferred;
  file.size_ = sink.size();
  for (crypto::Hasher& hasher : sink.hashers()) {
    const crypto::HashAlgorithm algorithm = hasher.algorithm();
    file.digests_.insert_or_assign(algorithm, hasher.FinishHex());
  }
  return file;
}

absl::StatusOr<std::string> ArtifactDownloader::FetchBytes(const http::Url& url,
                                                           const DownloadOptions& options,
                                                           const CancellationToken& cancellation) {
  http::StringSink sink;
  SW_RETURN_IF_ERROR(Transfer(url, options, cancellation, sink, [] { return false; }));
  return sink.data();
}

absl::Status ArtifactDownloader::Download(const http::Url& url, const std::string& path,
                                          DownloadOptions options,
                                          const CancellationToken& cancellation) {
  if (options.quarantine_directory.empty()) {
    options.quarantine_directory = std::string(Dirname(path));
  }
  SW_ASSIGN_OR_RETURN(QuarantinedFile file, Fetch(url, options, cancellation));
  return std::move(file).Commit(path).status();
}

}  // namespace scriptworker::taskcluster
