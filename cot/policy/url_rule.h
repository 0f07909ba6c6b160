// SPDX-License-Identifier: MPL-2.0
//
// URL rules of a policy: which schemes, hosts and paths are accepted, and
// what the path tells (named groups). Written as Python regular expressions,
// because that is what existing configurations hold; compiled by RE2, so
// matching takes time linear in the path.
#ifndef COT_POLICY_URL_RULE_H_
#define COT_POLICY_URL_RULE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace cot {

// A compiled path expression. Immutable, cheap to copy, thread-safe.
class PathPattern {
 public:
  // Errors, always kInvalidArgument, say why: what RE2 does not have
  // (look-around, back references), and what RE2 would silently read
  // otherwise than Python does (`{,n}`, `[[:alpha:]]`).
  static absl::StatusOr<PathPattern> Compile(std::string_view expression);

  // The named groups of a match that begins at the start of `path`; nullopt
  // without a match. A group that took no part is absent. `path` is already
  // percent-decoded. `$` is the very end: a trailing newline does not match.
  std::optional<std::map<std::string, std::string, std::less<>>> Match(std::string_view path) const;

  bool HasGroup(std::string_view name) const;
  const std::string& expression() const;

 private:
  explicit PathPattern(std::shared_ptr<const re2::RE2> compiled);

  std::shared_ptr<const re2::RE2> compiled_;
};

// One rule: a URL fits when its scheme and its network location are listed
// (textually) and one of the patterns matches its path.
struct UrlRule {
  std::vector<std::string> schemes;
  std::vector<std::string> netlocs;
  std::vector<PathPattern> path_patterns;
  // The repository is private: reading it needs the GitHub token.
  bool require_secret = false;
};

}  // namespace cot

#endif  // COT_POLICY_URL_RULE_H_
