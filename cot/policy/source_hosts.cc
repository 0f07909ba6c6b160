// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/source_hosts.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/http/url.h"

namespace cot {
namespace {

using ::scriptworker::http::Url;

// A URL to which paths are appended.
void ReadBaseUrl(const DocumentPart& part, std::string& out) {
  std::optional<std::string> text = part.AsString();
  if (!text.has_value()) return;
  const absl::StatusOr<Url> url = Url::Parse(*text);
  if (!url.ok()) {
    part.Defect(url.status().message());
  } else if (absl::EndsWith(*text, "/") || url->target().find('?') != std::string_view::npos) {
    part.Defect(absl::StrCat("expected a URL without query and without / at its end, found \"",
                             *text, "\""));
  } else {
    out = *std::move(text);
  }
}

struct SourceHostsMember {
  std::string_view server;  // hg, github
  std::string_view key;
  std::string SourceHosts::*member;
};
constexpr SourceHostsMember kSourceHostsMembers[] = {
    {"hg", "host", &SourceHosts::hg_host},
    {"hg", "url", &SourceHosts::hg_url},
    {"github", "host", &SourceHosts::github_host},
    {"github", "url", &SourceHosts::github_url},
    {"github", "api_url", &SourceHosts::github_api_url},
    {"github", "raw_url", &SourceHosts::github_raw_url},
};

void ReadSourceServer(std::string_view server, const DocumentPart& part, SourceHosts& hosts) {
  part.ForEachMember("a mapping with host and url",
                     [&](std::string_view key, const DocumentPart& member) {
                       for (const SourceHostsMember& known : kSourceHostsMembers) {
                         if (known.server != server || known.key != key) continue;
                         std::string& out = hosts.*known.member;
                         if (key != "host") return ReadBaseUrl(member, out);
                         out = member.AsString().value_or(out);
                         return;
                       }
                       member.Defect("unknown key");
                     });
  if (!part.value().is_object()) return;
  for (const SourceHostsMember& known : kSourceHostsMembers) {
    if (known.server == server && part.value().Find(known.key) == nullptr) {
      part.Defect(absl::StrCat("the key ", known.key, " is missing"));
    }
  }
}

}  // namespace

void ReadSourceHosts(const DocumentPart& part, SourceHosts& out) {
  SourceHosts hosts;
  const bool is_mapping = part.ForEachMember(
      "a mapping with hg and github", [&](std::string_view server, const DocumentPart& member) {
        if (server == "hg" || server == "github") {
          ReadSourceServer(server, member, hosts);
        } else {
          member.Defect("unknown key; expected hg and github");
        }
      });
  if (!is_mapping) return;
  for (std::string_view server : {"hg", "github"}) {
    if (part.value().Find(server) == nullptr) {
      part.Defect(absl::StrCat("the key ", server, " is missing"));
    }
  }
  out = std::move(hosts);
}

}  // namespace cot
