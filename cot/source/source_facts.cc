// SPDX-License-Identifier: MPL-2.0
#include "cot/source/source_facts.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/parent/template_source.h"
#include "cot/policy/source_hosts.h"
#include "cot/source/source_tree.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/url.h"
#include "scriptworker/vcs/github_objects.h"
#include "scriptworker/vcs/projects.h"
#include "scriptworker/vcs/pushlog.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {
namespace {

using scriptworker::CancellationToken;
using scriptworker::Clock;
using scriptworker::Logger;
using scriptworker::RetryPolicy;
using scriptworker::SecretString;
using scriptworker::http::Request;
using scriptworker::http::Url;
using scriptworker::json::Value;
using scriptworker::vcs::GithubCommit;
using scriptworker::vcs::GithubPullRequest;
using scriptworker::vcs::GithubRelease;
using scriptworker::vcs::GithubRepoName;
using scriptworker::vcs::GithubRepository;
using scriptworker::vcs::Projects;
using scriptworker::vcs::Push;
using scriptworker::vcs::SourceUrl;

absl::Status Refused(const Link& link, Violation violation, std::string_view message,
                     std::string_view source = "", Step step = Step::kRebuiltDefinitions) {
  return ToStatus(About(link.id(), step,
                        {.violation = violation,
                         .message = absl::StrCat(link.Label(), ": ", message),
                         .source = scriptworker::http::RedactUrl(source)}));
}

// What a failed question about `link` means that was asked at the URL `source`.
absl::Status Judge(const Link& link, const absl::Status& error, std::string_view source,
                   const CancellationToken& cancellation,
                   Violation missing = Violation::kEvidenceMissing,
                   Step step = Step::kRebuiltDefinitions) {
  if (error.ok() || cancellation.cancelled() || GetFinding(error).has_value()) {
    return EvidenceError(error, cancellation);
  }
  if (absl::IsNotFound(error)) return Refused(link, missing, error.message(), source, step);
  if (absl::IsInvalidArgument(error) || scriptworker::vcs::IsOverCap(error)) {
    return Refused(link, Violation::kMalformedEvidence, error.message(), source, step);
  }
  return EvidenceError(error, cancellation);
}

absl::StatusOr<GithubRepoName> GithubName(const Link& decision, const SourceUrl& repo,
                                          const SourceHosts& hosts) {
  std::optional<GithubRepoName> name = scriptworker::vcs::GithubRepoOf(repo, hosts.github_host);
  if (!name.has_value()) {
    return Refused(decision, Violation::kUnsupportedVcs,
                   absl::StrCat("\"", repo.text(), "\" is not a supported GitHub URL!"));
  }
  return *std::move(name);
}

std::string ApiUrl(const SourceHosts& hosts, const GithubRepoName& name,
                   std::string_view what = "") {
  return absl::StrCat(hosts.github_api_url, "/repos/", name.full_name(), what);
}

// The same at GitHub, which has been asked about the repository.
struct GithubHead {
  GithubRepository repository;
  std::string revision;
};

absl::StatusOr<GithubHead> GithubHeadOf(const Link& decision, const Product& product,
                                        const SourceHosts& hosts,
                                        scriptworker::vcs::GithubClient& github,
                                        const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(TemplateSource head, TemplateSourceOf(decision, product));
  SW_ASSIGN_OR_RETURN(const GithubRepoName name, GithubName(decision, head.repo, hosts));
  absl::StatusOr<GithubRepository> repository = github.GetRepository(name, cancellation);
  if (!repository.ok()) {
    return Judge(decision, repository.status(), ApiUrl(hosts, name), cancellation);
  }
  return GithubHead{*std::move(repository), std::move(head.revision)};
}

Request Get(Url url, const CancellationToken& cancellation) {
  Request request;
  request.url = std::move(url);
  request.redirects = Request::Redirects::kFollow;
  request.cancellation = cancellation;
  return request;
}

}  // namespace

SourceFacts::SourceFacts(const Policy& policy, scriptworker::http::Transport& transport,
                         Clock& clock, Logger& logger, SecretString github_token, RetryPolicy retry)
    : policy_(policy),
      github_token_(github_token),
      retrying_(transport, retry, clock),
      cache_(retrying_),
      documents_(cache_, clock, retry),
      hg_(cache_, clock, logger, policy.source_hosts.hg_url, retry),
      github_(cache_, clock,
              {.api_base = policy.source_hosts.github_api_url,
               .web_base = policy.source_hosts.github_url,
               .token = std::move(github_token),
               .retry = retry}) {}

absl::StatusOr<Value> SourceFacts::Template(const Link& decision, const Product& product,
                                            const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const TemplateLocation location,
                      FindTemplate(decision, product, policy_.source_hosts,
                                   /*have_github_token=*/!github_token_.empty()));
  Request request = Get(location.url, cancellation);
  if (location.with_token && location.url.is_https()) {
    request.headers.Set(
        "Authorization",
        absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(github_token_.reveal(), ":"))));
  }
  absl::StatusOr<Value> document =
      templates_.Get(location.url.ToString(), [&]() -> absl::StatusOr<Value> {
        SW_ASSIGN_OR_RETURN(const std::string text, documents_.GetText(request));
        return ParseTemplate(text, location.url.Redacted());
      });
  if (document.ok()) return document;
  return Judge(decision, document.status(), location.url.ToString(), cancellation,
               Violation::kTemplateMissing);
}

absl::Status SourceFacts::AddPushlog(const Link& decision, const Product& product,
                                     ContextFacts& facts, const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const TemplateSource head, TemplateSourceOf(decision, product));
  const SourceHosts& hosts = policy_.source_hosts;
  if (head.repo.netloc() != hosts.hg_host) {
    return Refused(decision, Violation::kUnsupportedVcs, "Unsupported VCS server!");
  }
  const absl::StatusOr<Url> url =
      scriptworker::vcs::PushlogUrl(policy_.pushlog_url, hosts.hg_url, head.repo, head.revision);
  if (!url.ok()) return Refused(decision, Violation::kUnsupportedVcs, url.status().message());
  absl::StatusOr<Push> push =
      hg_.GetPush(policy_.pushlog_url, head.repo, head.revision, cancellation);
  if (!push.ok()) return Judge(decision, push.status(), url->ToString(), cancellation);
  facts.push = *std::move(push);
  return absl::OkStatus();
}

absl::Status SourceFacts::AddProject(const Link& decision, const Product& product,
                                     ContextFacts& facts, const CancellationToken& cancellation) {
  std::string project;
  std::optional<SourceUrl> source;
  if (product.type == ProductType::kHg) {
    SW_ASSIGN_OR_RETURN(source, SourceOf(decision, product));
  } else {
    SW_ASSIGN_OR_RETURN(const TemplateSource head, TemplateSourceOf(decision, product));
    SW_ASSIGN_OR_RETURN(const GithubRepoName name,
                        GithubName(decision, head.repo, policy_.source_hosts));
    project = name.name;
  }
  const absl::StatusOr<Url> url = Url::Parse(policy_.project_configuration_url);
  if (!url.ok()) return absl::InternalError(url.status().message());
  const absl::StatusOr<std::string> text = documents_.GetText(Get(*url, cancellation));
  if (!text.ok()) return Judge(decision, text.status(), url->ToString(), cancellation);
  const absl::StatusOr<Projects> projects = Projects::Parse(*text, url->Redacted());
  if (!projects.ok()) return Judge(decision, projects.status(), url->ToString(), cancellation);
  if (source.has_value()) {
    absl::StatusOr<std::string> found = projects->FindProject(*source);
    if (!found.ok()) {
      return Judge(decision, found.status(), url->ToString(), cancellation,
                   Violation::kUnknownProject);
    }
    project = *std::move(found);
  }
  absl::StatusOr<std::string> level = projects->ScmLevel(project);
  if (!level.ok()) {
    return Judge(decision, level.status(), url->ToString(), cancellation,
                 Violation::kUnknownProject);
  }
  facts.project = std::move(project);
  facts.level = *std::move(level);
  return absl::OkStatus();
}

absl::Status SourceFacts::AddGithubCommit(const Link& decision, const Product& product,
                                          ContextFacts& facts,
                                          const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const GithubHead head,
                      GithubHeadOf(decision, product, policy_.source_hosts, github_, cancellation));
  absl::StatusOr<GithubCommit> commit =
      github_.GetCommit(head.repository, head.revision, cancellation);
  if (!commit.ok()) {
    const std::string source = ApiUrl(policy_.source_hosts, head.repository.name,
                                      absl::StrCat("/commits/", head.revision));
    return Judge(decision, commit.status(), source, cancellation);
  }
  facts.commit = *std::move(commit);
  return absl::OkStatus();
}

absl::Status SourceFacts::AddGithubRelease(const Link& decision, const Product& product,
                                           ContextFacts& facts,
                                           const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const GithubHead head,
                      GithubHeadOf(decision, product, policy_.source_hosts, github_, cancellation));
  absl::StatusOr<GithubRelease> release =
      github_.GetRelease(head.repository, head.revision, cancellation);
  if (!release.ok()) {
    const std::string source = ApiUrl(policy_.source_hosts, head.repository.name,
                                      absl::StrCat("/releases/tags/", head.revision));
    return Judge(decision, release.status(), source, cancellation);
  }
  facts.release = *std::move(release);
  return absl::OkStatus();
}

absl::Status SourceFacts::AddGithubPullRequest(const Link& decision, const Product& product,
                                               ContextFacts& facts,
                                               const CancellationToken& cancellation) {
  const SourceEnv env(decision.task(), product.source_env_prefix);
  SW_ASSIGN_OR_RETURN(const TemplateSource head, TemplateSourceOf(decision, product));
  SW_ASSIGN_OR_RETURN(const GithubRepoName name,
                      GithubName(decision, head.repo, policy_.source_hosts));
  SW_ASSIGN_OR_RETURN(const std::string base_repository,
                      SourceVariable(decision, product, "BASE_REPOSITORY", env.base_repository()));
  SW_ASSIGN_OR_RETURN(const SourceUrl base, RepositoryUrl(decision, base_repository));
  int64_t number = 0;
  if (!absl::SimpleAtoi(env.pull_request_number().value_or(""), &number) || number <= 0) {
    return Refused(decision, Violation::kSourceMissing,
                   absl::StrCat(product.source_env_prefix,
                                "_PULL_REQUEST_NUMBER in payload.env is no number"));
  }
  absl::StatusOr<GithubRepository> repository = github_.GetRepository(name, cancellation);
  const std::string repository_url = ApiUrl(policy_.source_hosts, name);
  if (!repository.ok()) {
    return Judge(decision, repository.status(), repository_url, cancellation);
  }
  // Pull requests are numbered in the repository that a fork was made from.
  if (repository->fork && base.text() != head.repo.text()) {
    if (!repository->parent.has_value()) {
      return Refused(decision, Violation::kMalformedEvidence,
                     absl::StrCat(name.full_name(), " is a fork without parent"), repository_url);
    }
    repository->name = *repository->parent;
  }
  absl::StatusOr<GithubPullRequest> pull =
      github_.GetPullRequest(*repository, number, cancellation);
  if (!pull.ok()) {
    const std::string source =
        ApiUrl(policy_.source_hosts, repository->name, absl::StrCat("/pulls/", number));
    return Judge(decision, pull.status(), source, cancellation);
  }
  facts.pull_request = *std::move(pull);
  return absl::OkStatus();
}

absl::StatusOr<bool> SourceFacts::HasLanded(const LandedQuestion& question,
                                            const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const GithubRepository repository,
                      github_.GetRepository(question.repo, cancellation));
  return github_.HasCommitLanded(repository, question.revision, cancellation);
}

absl::Status SourceFacts::JudgeLanded(const Link& link, const absl::Status& error,
                                      std::string_view source,
                                      const CancellationToken& cancellation) {
  return Judge(link, error, source, cancellation, Violation::kEvidenceMissing, Step::kSourceTree);
}

}  // namespace cot
