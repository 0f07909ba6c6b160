// SPDX-License-Identifier: MPL-2.0
//
// The first line is a source URL, the rest projects.yml.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/check.h"
#include "absl/strings/match.h"
#include "scriptworker/vcs/projects.h"
#include "scriptworker/vcs/source_url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t newline = input.find('\n');
  if (newline == std::string_view::npos) return 0;
  const auto url = scriptworker::vcs::SourceUrl::Parse(input.substr(0, newline));
  const auto projects =
      scriptworker::vcs::Projects::Parse(input.substr(newline + 1), "projects.yml");
  if (!url.ok() || !projects.ok()) return 0;
  const auto name = projects->FindProject(*url);
  if (!name.ok()) return 0;
  const auto level = projects->ScmLevel(*name);
  if (level.ok()) CHECK(!level->empty());
  return 0;
}
