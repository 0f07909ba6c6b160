// SPDX-License-Identifier: MPL-2.0
//
// Where artifacts' bytes go: two buckets with presigned URLs that expire, in the
// manner of S3. The public bucket is readable by all; everything else needs a
// URL that this store signed. As S3 it goes by the decoded path and parameters,
// so a client may re-escape a presigned URL (strict() forbids even that).

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_OBJECT_STORE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_OBJECT_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/testing/blob.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {

inline constexpr std::string_view kPublicBucket = "public-bucket";
inline constexpr std::string_view kPrivateBucket = "private-bucket";

struct StoredObject {
  std::shared_ptr<const Blob> blob;
  std::string content_type;
  std::string content_encoding;
  absl::Time stored;
};

// Thread-safe.
class ObjectStore {
 public:
  // `url` is what the buckets' names are appended to; `secret` signs.
  ObjectStore(http::Url url, std::string secret);

  // Whether a request is for this store rather than for the services.
  bool Owns(const WireRequest& request) const;

  // "putObject", "getObject" or "headObject"; "" for what the store refuses.
  static std::string_view EndpointOf(http::Method method);

  WireReply Serve(const WireRequest& request, absl::Time now);

  // A URL for `method` (GET or PUT) on one object, good for `lifetime`.
  std::string PresignedUrl(http::Method method, std::string_view bucket, std::string_view key,
                           absl::Time now, absl::Duration lifetime) const;
  // The URL of a public object, escaped as little as the queue does it.
  std::string PublicUrl(std::string_view key) const;

  void Put(std::string_view bucket, std::string_view key, StoredObject object);
  std::optional<StoredObject> Get(std::string_view bucket, std::string_view key) const;

  // From now on presigned URLs must come back byte for byte (else 403).
  void set_strict(bool strict);

 private:
  struct Access;

  absl::StatusOr<Access> Parse(const WireRequest& request) const;
  std::optional<WireReply> Refusal(const WireRequest& request, const Access& access,
                                   absl::Time now) const;
  WireReply ServePut(const WireRequest& request, const Access& access, absl::Time now);
  WireReply ServeGet(const WireRequest& request, const Access& access) const;
  std::string Signature(http::Method method, std::string_view bucket, std::string_view key,
                        std::string_view date, std::string_view expires) const;

  const http::Url url_;
  const std::string prefix_;  // the URL's path without a slash at its end
  const std::string secret_;
  mutable absl::Mutex mutex_;
  bool strict_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<std::string, StoredObject> objects_
      ABSL_GUARDED_BY(mutex_);  // by "bucket/key"
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_OBJECT_STORE_H_
