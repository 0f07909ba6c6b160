// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_DOWNLOAD_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_DOWNLOAD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"

namespace scriptworker::taskcluster {

// A downloaded file that nobody has accepted yet. It lies under a name that no
// other program looks for and vanishes with this object unless Commit() gives
// it its place. Move-only; thread-compatible.
class QuarantinedFile {
 public:
  QuarantinedFile(QuarantinedFile&&) noexcept;
  QuarantinedFile& operator=(QuarantinedFile&&) noexcept;
  ~QuarantinedFile();

  // Of the bytes on disk, that is after undoing a Content-Encoding; computed
  // while they came in. REQUIRES: the download asked for `algorithm`.
  const std::string& hex_digest(crypto::HashAlgorithm algorithm) const;
  int64_t size() const { return size_; }
  // Readable, for whoever checks the content before it is accepted.
  int fd() const { return fd_.get(); }

  // Moves the file to `path` (replacing what is there; parents are made). The
  // quarantine must be on the same file system. The descriptor, open for
  // reading, is the file that was hashed.
  absl::StatusOr<UniqueFd> Commit(const std::string& path) &&;
  // As Commit, to `relative` below `dir`; never through a symbolic link there
  // (errors as MakeParentsBeneath).
  absl::StatusOr<UniqueFd> CommitBeneath(const std::string& dir, std::string_view relative) &&;

 private:
  friend class ArtifactDownloader;
  QuarantinedFile(std::string path, UniqueFd fd);

  std::string path_;  // empty: moved from or committed
  UniqueFd fd_;
  int64_t size_ = 0;
  absl::flat_hash_map<crypto::HashAlgorithm, std::string> digests_;
};

struct DownloadOptions {
  // Where the file lies until it is accepted; made if it is missing.
  std::string quarantine_directory = {};
  std::vector<crypto::HashAlgorithm> algorithms = {crypto::HashAlgorithm::kSha256};
  // If set, and it does not contain "html", an answer of type text/html is
  // taken for a server's error page and refused.
  std::optional<std::string> expected_content_type = std::nullopt;
  // More (after decoding) is ResourceExhausted, at once.
  int64_t max_bytes = int64_t{64} << 30;
  absl::Duration timeout = absl::InfiniteDuration();  // of one try
  // Default: 5 tries with the sleeps of the reference, at most 15 s each.
  std::optional<RetryPolicy> retry = std::nullopt;
  // If set: gets where `url` itself redirected to in the last try, if it did.
  std::optional<http::Url>* redirected_to = nullptr;
  // Gets a line for each try that failed and is repeated, without secrets. Must
  // be thread-safe. Null: nobody wants it.
  std::function<void(std::string_view)> log = nullptr;
};

// Whether an error of ArtifactDownloader::Fetch() is the fault of this machine's disk. Told by
// how it came about, never by its text: that may hold what a remote party has said.
bool IsDiskFault(const absl::Status& error);

// Downloads artifacts in one pass: socket, hash, quarantined file. Redirects
// are followed as http::Transport allows, gzip and deflate decoded. Whether a
// URL may be asked at all is the caller's decision.
//
// Thread-safe. All references must outlive the downloader.
class ArtifactDownloader {
 public:
  // `transport` must not retry by itself.
  ArtifactDownloader(http::Transport& transport, Clock& clock);

  // NotFound for a 404, Unauthenticated and PermissionDenied for Taskcluster's own word
  // about the credentials, at once. Anything else but a whole 200 is tried again,
  // and in the end: Unauthenticated (401), PermissionDenied (403),
  // FailedPrecondition (424, an error artifact), Unavailable, DataLoss (an
  // HTML page; cut off). Errors name the redacted URL. Those of the disk: IsDiskFault().
  absl::StatusOr<QuarantinedFile> Fetch(const http::Url& url, const DownloadOptions& options,
                                        const CancellationToken& cancellation);

  // The same for a small file, into memory: nothing touches the disk.
  // (options.quarantine_directory and .algorithms are not looked at.)
  absl::StatusOr<std::string> FetchBytes(const http::Url& url, const DownloadOptions& options,
                                         const CancellationToken& cancellation);

  // Fetch() and Commit() for content that nothing needs to check. The
  // quarantine defaults to the folder of `path`.
  absl::Status Download(const http::Url& url, const std::string& path, DownloadOptions options,
                        const CancellationToken& cancellation);

 private:
  // `sink_failed`: whether the disk, not the network, is to blame.
  absl::Status Transfer(const http::Url& url, const DownloadOptions& options,
                        const CancellationToken& cancellation, http::BodySink& sink,
                        absl::FunctionRef<bool()> sink_failed);

  http::Transport& transport_;
  Clock& clock_;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_DOWNLOAD_H_
