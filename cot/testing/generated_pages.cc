// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/generated_pages.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cot/testing/decision_template.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml_format.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::FormatCompact;
using scriptworker::json::FormatYaml;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kText = "text/plain; charset=utf-8";

std::string Projects() {
  Object projects{{"another-project", Object{{"repo", "https://hg.example.com/another"},
                                             {"repo_type", "hg"},
                                             {"access", "scm_level_2"}}}};
  for (const GeneratedProduct& product : GeneratedProducts()) {
    Object project{{"repo", product.repository},
                   {"repo_type", product.type == "hg" ? "hg" : "git"}};
    if (product.type == "hg") {
      project.Set("access", "scm_level_3");
    } else {
      project.Set("default_branch", "main");
      project.Set("branches", Array{Object{{"name", "next"}, {"level", 1}},
                                    Object{{"name", "main"}, {"level", 3}}});
    }
    project.Set("trust_domain", product.name);
    projects.Set(product.project, std::move(project));
  }
  return FormatYaml(Value(std::move(projects)));
}

Object Changeset(std::string_view node, std::string_view parent, std::string_view comment) {
  return {{"author", "A Pusher <pusher@example.org>"},
          {"branch", "default"},
          {"desc", comment},
          {"files", Array{"a/file"}},
          {"node", node},
          {"parents", Array{parent}},
          {"tags", Array()}};
}

Value Pushlog(const ChainFacts& facts) {
  const std::string middle = GeneratedHash(absl::StrCat(facts.revision, " middle"));
  Object push{{"changesets", Array{Changeset(middle, facts.base_revision, "Bug 1 - Begin it"),
                                   Changeset(facts.revision, middle, "Bug 1 - Finish it")}},
              {"date", 1780300800},
              {"user", "pusher@example.org"}};
  return Object{{"lastpushid", 4800}, {"pushes", Object{{"4711", std::move(push)}}}};
}

Object User(std::string_view login) {
  return {{"login", login},
          {"id", 1000 + static_cast<int>(login.size())},
          {"html_url", absl::StrCat("https://git.example.com/", login)},
          {"type", "User"},
          {"site_admin", false}};
}

Object Repository(const ChainFacts& facts, const std::string& full_name) {
  const std::string& name = facts.product.project;
  return {{"id", 4000 + static_cast<int>(full_name.size())},
          {"name", name},
          {"full_name", full_name},
          {"private", facts.product.is_private},
          {"owner", User(absl::StripSuffix(full_name, absl::StrCat("/", name)))},
          {"html_url", absl::StrCat("https://git.example.com/", full_name)},
          {"description", "synthetic"},
          {"fork", false},
          {"url", absl::StrCat("https://api.git.example.com/repos/", full_name)},
          {"clone_url", absl::StrCat("https://git.example.com/", full_name, ".git")},
          {"ssh_url", absl::StrCat("git@git.example.com:", full_name, ".git")},
          {"created_at", "2020-01-01T00:00:00Z"},
          {"homepage", nullptr},
          {"default_branch", "main"}};
}

Value Commit(const ChainFacts& facts) {
  Object person{{"name", "A Pusher"}, {"email", "pusher@example.org"}};
  return Object{{"sha", facts.commit},
                {"commit", Object{{"author", person},
                                  {"committer", person},
                                  {"message", "Mend it"},
                                  {"comment_count", 0}}},
                {"author", User("author")},
                {"committer", User("pusher")},
                {"parents", Array{Object{{"sha", facts.base_revision}}}}};
}

Value Release(const ChainFacts& facts) {
  return Object{{"id", 7100},
                {"tag_name", facts.revision},
                {"target_commitish", "main"},
                {"name", facts.revision},
                {"draft", false},
                {"prerelease", false},
                {"author", User("releaser")},
                {"created_at", "2026-06-01T07:50:00Z"},
                {"published_at", "2026-06-01T07:58:00Z"},
                {"assets", Array()},
                {"body", "What is new."}};
}

Value Tags(const ChainFacts& facts) {
  const auto tag = [](std::string_view name, std::string_view sha) {
    return Object{{"name", name}, {"commit", Object{{"sha", sha}}}};
  };
  return Array{tag("v7.0.0", facts.base_revision), tag(facts.revision, facts.commit)};
}

Value PullRequest(const ChainFacts& facts) {
  return Object{{"id", 424242},
                {"number", 42},
                {"state", "open"},
                {"title", "Mend it"},
                {"body", nullptr},
                {"user", User("contributor")},
                {"head", Object{{"label", "contributor:mend-it"},
                                {"ref", facts.ref},
                                {"sha", facts.revision},
                                {"user", User("contributor")},
                                {"repo", Repository(facts, facts.HeadName())}}},
                {"base", Object{{"label", "example-apps:main"},
                                {"ref", "main"},
                                {"sha", GeneratedHash("the base has moved on")},
                                {"user", User("example-apps")},
                                {"repo", Repository(facts, facts.BaseName())}}},
                {"draft", false}};
}

void AddHg(const ChainFacts& facts, GeneratedPages& pages) {
  pages[absl::StrCat(facts.product.repository, "/raw-file/", facts.revision, "/.taskcluster.yml")] =
      {DecisionTemplate(facts), std::string(kText)};
  pages[absl::StrCat(facts.product.repository, "/json-pushes?changeset=", facts.revision,
                     "&version=2&full=1")] = {FormatCompact(Pushlog(facts))};
}

void AddGithub(const ChainFacts& facts, GeneratedPages& pages) {
  const bool secret = facts.product.is_private;
  pages[absl::StrCat("https://raw.git.example.com/", facts.HeadName(), "/", facts.revision,
                     "/.taskcluster.yml")] = {DecisionTemplate(facts), std::string(kText), secret};
  const auto add = [&](const std::string& full_name, std::string_view path, const Value& answer) {
    GeneratedPage& page =
        pages[absl::StrCat("https://api.git.example.com/repos/", full_name, path)];
    page.text = FormatCompact(answer);
    page.needs_token = secret;
  };
  if (facts.is_pull_request()) {
    Object fork = Repository(facts, facts.HeadName());
    fork.Set("fork", true);
    fork.Set("parent", Repository(facts, facts.BaseName()));
    add(facts.HeadName(), "", Value(std::move(fork)));
    add(facts.BaseName(), "/pulls/42", PullRequest(facts));
    return;
  }
  const bool release = facts.decision_tasks_for == "github-release";
  // Whether a commit of a private repository has landed is not asked.
  if (!secret || facts.decision_tasks_for != "cron") {
    add(facts.BaseName(), "", Repository(facts, facts.BaseName()));
  }
  if (release) {
    add(facts.BaseName(), absl::StrCat("/releases/tags/", facts.revision), Release(facts));
  } else if (facts.decision_tasks_for == "github-push") {
    add(facts.BaseName(), absl::StrCat("/commits/", facts.revision), Commit(facts));
  }
  if (secret) return;
  if (release) add(facts.BaseName(), "/tags?per_page=100", Tags(facts));
  pages[absl::StrCat("https://git.example.com/", facts.BaseName(), "/branch_commits/",
                     facts.commit)] = {
      "\n<ul class=\"branches-list\">\n  <li class=\"branch\"><a href=\"/example-apps/tree/main\">"
      "main</a></li>\n</ul>\n",
      "text/html; charset=utf-8"};
}

}  // namespace

GeneratedPages PagesOf(const ChainFacts& facts) {
  GeneratedPages pages;
  const bool hg = facts.product.type == "hg";
  if (hg || facts.decision_tasks_for == "cron") {
    pages[std::string(kGeneratedProjectsUrl)] = {Projects(), std::string(kText)};
  }
  if (hg) {
    AddHg(facts, pages);
  } else {
    AddGithub(facts, pages);
  }
  return pages;
}

}  // namespace cot
