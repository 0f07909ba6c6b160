// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_SOURCE_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_SOURCE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/body.h"
#include "scriptworker/taskcluster/artifact_file.h"

namespace scriptworker::taskcluster {

// The bytes of an artifact, from the very descriptor that was hashed. The last
// of them are only handed out after the whole has the file's digest and size, so
// that a receiver never gets a complete body of other bytes. DataLoss if the file
// was rewritten, grew or shrank meanwhile. Thread-compatible.
class ArtifactSource final : public http::BodySource {
 public:
  // `file` has been hashed; it must outlive this.
  explicit ArtifactSource(const ArtifactFile& file);

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Rewind() override;
  int64_t size() const override { return bytes_.size(); }

  // Whether reading ever failed, or gave other bytes: sending the same source
  // again is no use.
  bool failed() const { return failed_; }
  // Whether all bytes were handed out since the start or the last Rewind().
  bool finished() const { return !failed_ && position_ == size(); }

 private:
  absl::StatusOr<size_t> ReadChecked(absl::Span<char> buffer);

  const ArtifactFile& file_;
  http::FileSource bytes_;
  crypto::Hasher hasher_;
  int64_t position_ = 0;
  bool failed_ = false;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_SOURCE_H_
