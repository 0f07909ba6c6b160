// SPDX-License-Identifier: MPL-2.0
#ifndef COT_POLICY_SOURCE_HOSTS_H_
#define COT_POLICY_SOURCE_HOSTS_H_

#include <string>

#include "cot/policy/document_part.h"

namespace cot {

// Which hosts are hg and GitHub: the hosts are what the URLs in tasks name, the URLs
// are where the program asks (http or https, without slash at the end). The policy's
// `source_hosts`. Plain data, thread-compatible.
struct SourceHosts {
  std::string hg_host;
  std::string hg_url;
  std::string github_host;
  std::string github_url;  // the web site
  std::string github_api_url;
  std::string github_raw_url;  // of raw files
};

// Reads the document's value. Defects are reported, and `out` stays as it was if the
// value is no mapping.
void ReadSourceHosts(const DocumentPart& part, SourceHosts& out);

}  // namespace cot

#endif  // COT_POLICY_SOURCE_HOSTS_H_
