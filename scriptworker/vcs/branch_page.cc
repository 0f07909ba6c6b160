// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/vcs/branch_page.h"

#include <string_view>

#include "absl/base/no_destructor.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "re2/re2.h"

namespace scriptworker::vcs {
namespace {

// An item of the list of branches, up to its content.
#define BRANCH_ITEM R"((?is)<li(?:\s[^>]*)?\sclass="(?:[^">]*\s)?branch(?:\s[^">]*)?"[^>]*>\s*)"

const RE2& BranchLink() {
  static const absl::NoDestructor<RE2> kPattern(BRANCH_ITEM
                                                R"(<a\s(?:[^>]*\s)?href="/[^/">\s][^">]*"[^>]*>)"
                                                R"(\s*([^<>\s][^<>]*)</a\s*>)");
  return *kPattern;
}

const RE2& NoBranch() {
  static const absl::NoDestructor<RE2> kPattern(
      BRANCH_ITEM R"(This commit does not belong to any branch on this repository\b)");
  return *kPattern;
}

#undef BRANCH_ITEM

}  // namespace

absl::StatusOr<bool> NamesBranch(std::string_view page) {
  if (absl::StripAsciiWhitespace(page).empty()) return false;
  std::string_view rest = page;
  std::string_view branch;
  while (RE2::FindAndConsume(&rest, BranchLink(), &branch)) {
    // refs/pull/... hold what anybody proposes: no branches.
    if (!absl::StartsWith(branch, "refs/")) return true;
  }
  if (RE2::PartialMatch(page, NoBranch())) return false;
  return absl::UnavailableError(
      "the page is not empty and links no branch: it does not say whether the commit landed");
}

}  // namespace scriptworker::vcs
