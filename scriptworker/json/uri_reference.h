// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_URI_REFERENCE_H_
#define SCRIPTWORKER_JSON_URI_REFERENCE_H_

#include <optional>
#include <string>
#include <string_view>

namespace scriptworker::json {

// The parts of a URI or relative reference (RFC 3986), as schemas name each
// other with them. Nothing is decoded.
struct UriReference {
  std::optional<std::string> scheme;
  std::optional<std::string> authority;
  std::string path;
  std::optional<std::string> query;
  std::optional<std::string> fragment;

  // Splits any text (RFC 3986, appendix B).
  static UriReference Split(std::string_view text);
  std::string ToString() const;
};

// RFC 3986, section 5.2.2. The base may itself be relative
// ("/schemas/queue/v1/task.json"): then so is the result.
UriReference ResolveUri(const UriReference& base, const UriReference& reference);

// Whether `text` follows the grammar of a URI (with a scheme), or of a URI or
// relative reference.
bool IsUri(std::string_view text);
bool IsUriReference(std::string_view text);

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_URI_REFERENCE_H_
