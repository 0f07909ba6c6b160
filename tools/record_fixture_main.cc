// SPDX-License-Identifier: MPL-2.0
// The command line tool: records what servers answer, as fixtures for tests.

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/version.h"
#include "scriptworker/har/har.h"
#include "scriptworker/http/curl_transport.h"
#include "scriptworker/http/user_agent.h"
#include "tools/record_fixture.h"

namespace {

using scriptworker::Environment;
using scriptworker::SecretString;
using scriptworker::tools::FixtureRequest;

struct Flags {
  std::vector<std::string> urls;
  std::vector<std::string> headers;         // NAME: VALUE
  std::vector<std::string> secret_headers;  // NAME=VARIABLE
  std::string token;                        // VARIABLE
  std::string comment;
  std::string output;
};

absl::StatusOr<std::string> Secret(const Environment& environment, const std::string& variable) {
  std::string value = environment.GetOr(variable, "");
  if (!value.empty()) return value;
  return absl::InvalidArgumentError(
      absl::StrCat("the environment variable ", variable, " is not set, or empty"));
}

absl::StatusOr<FixtureRequest> Read(const Flags& flags, const Environment& environment) {
  FixtureRequest request{.comment = flags.comment};
  for (const std::string& text : flags.urls) {
    SW_ASSIGN_OR_RETURN(scriptworker::http::Url url, scriptworker::http::Url::Parse(text));
    request.urls.push_back(std::move(url));
  }
  for (const std::string& line : flags.headers) {
    if (!scriptworker::http::AddHeaderLine(line, request.headers)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--header \"", line, "\": expected NAME: VALUE"));
    }
  }
  for (const std::string& text : flags.secret_headers) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    SW_ASSIGN_OR_RETURN(std::string value, Secret(environment, parts.second));
    request.secret_headers.emplace_back(parts.first, SecretString(std::move(value)));
  }
  if (!flags.token.empty()) {
    SW_ASSIGN_OR_RETURN(const std::string value, Secret(environment, flags.token));
    request.secret_headers.emplace_back("Authorization",
                                        SecretString(absl::StrCat("token ", value)));
  }
  return request;
}

absl::Status Run(const FixtureRequest& request, const std::string& path,
                 const Environment& environment) {
  SW_ASSIGN_OR_RETURN(
      const std::unique_ptr<scriptworker::http::CurlTransport> transport,
      scriptworker::http::CurlTransport::Create(
          {.user_agent = scriptworker::http::UserAgent(), .environment = environment}));
  scriptworker::SystemClock clock;
  SW_ASSIGN_OR_RETURN(const scriptworker::har::Document document,
                      scriptworker::tools::RecordFixture(request, *transport, clock));
  for (const scriptworker::har::Exchange& exchange : document.exchanges) {
    std::cerr << exchange.response.status << " " << exchange.request.url << "\n";
  }
  if (!path.empty()) return scriptworker::har::WriteHarFile(path, document);
  std::cout << scriptworker::har::FormatHar(document) << std::flush;
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Record what servers (GitHub, hg, Taskcluster) answer to GET requests, as HTTP\n"
      "Archive (HAR 1.2) for tests. Credentials come from the environment and are not\n"
      "stored; with one, redirects are recorded but not followed. Signed URLs and\n"
      "cookies are blanked out.\n\n"
      "Exit status: 0 recorded, whatever the answers' status; 1 not (the reason on\n"
      "stderr); 2 wrong usage.",
      "record_fixture");
  app.get_formatter()->column_width(32);
  app.set_version_flag("--version", absl::StrCat("record_fixture ", scriptworker::kVersion));
  Flags flags;
  app.add_option("URL", flags.urls, "what to ask, one after the other")->required();
  app.add_option("-o,--output", flags.output, "where to write (default: stdout)")
      ->type_name("FILE.har");
  app.add_option("-H,--header", flags.headers, "a header to send, and to store")
      ->type_name("NAME: VALUE")
      ->expected(1)
      ->take_all();
  app.add_option("--secret-header", flags.secret_headers, "a header whose value is in VAR")
      ->type_name("NAME=VAR")
      ->expected(1)
      ->take_all();
  app.add_option("--token", flags.token, "send `Authorization: token $VAR`")->type_name("VAR");
  app.add_option("--comment", flags.comment, "where it is from, and why")->type_name("TEXT");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const Environment environment = Environment::FromProcess();
  const std::string directory =
      environment.GetOr("BUILD_WORKING_DIRECTORY", std::filesystem::current_path().string());
  const absl::StatusOr<FixtureRequest> request = Read(flags, environment);
  if (!request.ok()) {
    std::cerr << "record_fixture: " << request.status().message() << "\n";
    return 2;
  }
  const absl::Status status = Run(
      *request, scriptworker::ResolveAgainstWorkingDirectory(flags.output, directory), environment);
  if (status.ok()) return 0;
  std::cerr << "record_fixture: " << status.message() << "\n";
  return 1;
}
