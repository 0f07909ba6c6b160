// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_GENERATED_PAGES_H_
#define COT_TESTING_GENERATED_PAGES_H_

#include <map>
#include <string>

#include "cot/testing/chain_facts.h"

namespace cot {

// What a host of source code answers.
struct GeneratedPage {
  std::string text;
  std::string content_type = "application/json; charset=utf-8";
  // 404 without the token of private repositories, as GitHub does.
  bool needs_token = false;
};
// By URL.
using GeneratedPages = std::map<std::string, GeneratedPage, std::less<>>;

// The template, projects.yml, and what hg or GitHub say about the decision task's push or
// event: the pushlog; the repository, the commit, release, tags or pull request, and the
// page about the branches that hold the commit. Just what the rules need to know.
GeneratedPages PagesOf(const ChainFacts& facts);

}  // namespace cot

#endif  // COT_TESTING_GENERATED_PAGES_H_
