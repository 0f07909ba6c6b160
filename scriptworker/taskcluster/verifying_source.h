// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_VERIFYING_SOURCE_H_
#define SCRIPTWORKER_TASKCLUSTER_VERIFYING_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/http/body.h"

namespace scriptworker::taskcluster {

// The bytes of another source, which must have a digest that was computed
// before: the last ones are only handed out after the whole has it, so that a
// receiver never gets a complete body of other bytes. Thread-compatible.
class VerifyingSource final : public http::BodySource {
 public:
  // `digest` is lower-case hex, SHA-256 or SHA-512 by its length; nullopt:
  // anything goes. `inner` must outlive this. `name` is for error texts.
  VerifyingSource(http::BodySource& inner, std::optional<std::string> digest, std::string name);

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Rewind() override;
  int64_t size() const override { return inner_.size(); }

  // Whether reading ever failed, or gave other bytes: sending the same source
  // again is no use.
  bool failed() const { return failed_; }

 private:
  http::BodySource& inner_;
  const std::optional<std::string> digest_;
  const std::string name_;
  crypto::Hasher hasher_;
  int64_t position_ = 0;
  bool failed_ = false;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_VERIFYING_SOURCE_H_
