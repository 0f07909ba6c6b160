// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_CONTENT_TYPE_H_
#define SCRIPTWORKER_TASKCLUSTER_CONTENT_TYPE_H_

#include <string>
#include <string_view>

namespace scriptworker::taskcluster {

struct ContentType {
  std::string type;      // "text/plain"
  std::string encoding;  // "gzip", "bzip2", ...; empty: none

  friend bool operator==(const ContentType&, const ContentType&) = default;
};

// The media type of an artifact by the suffix of its name, as the reference
// guesses on Debian; the table is embedded (content_types.inc), so that the
// answer does not depend on the machine. Unknown: application/binary.
// Thread-safe.
ContentType GuessContentType(std::string_view name);

// Whether a file of that type is compressed before its upload: no encoding
// yet, and one of text/plain, application/json, text/html, application/xml.
bool IsCompressible(const ContentType& content_type);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_CONTENT_TYPE_H_
