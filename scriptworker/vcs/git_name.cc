// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/git_name.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/crypto/hex.h"

namespace scriptworker::vcs {
namespace {

constexpr size_t kMaxLength = 255;

bool ConsistsOf(std::string_view text, std::string_view punctuation) {
  return !text.empty() && text.size() <= kMaxLength &&
         std::all_of(text.begin(), text.end(), [punctuation](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  punctuation.find(c) != std::string_view::npos;
         });
}

bool IsNamePart(std::string_view text) {
  return ConsistsOf(text, "._-") && text != "." && text != "..";
}

}  // namespace

bool IsCommitHash(std::string_view text) { return crypto::IsLowerHexDigest(text, 20); }

absl::Status CheckRevision(std::string_view revision) {
  bool good = ConsistsOf(revision, "._-/+@=,") && !absl::StrContains(revision, "..");
  for (std::string_view segment : absl::StrSplit(revision, '/')) {
    good = good && !segment.empty() && segment != ".";
  }
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", absl::CHexEscape(revision.substr(0, kMaxLength)),
                   "\" is no revision: expected letters, digits and \"._-/+@=,\""));
}

absl::Status CheckGithubName(const GithubRepoName& repo) {
  if (IsNamePart(repo.owner) && IsNamePart(repo.name)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", absl::CHexEscape(repo.full_name().substr(0, 2 * kMaxLength)),
      "\" names no GitHub repository: expected OWNER/NAME of letters, digits and \"._-\""));
}

}  // namespace scriptworker::vcs
