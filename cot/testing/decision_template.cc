// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/decision_template.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace cot {
namespace {

constexpr std::string_view kHgHead =
    R"yml(# How the tasks of a push, a cron job and an action begin.
version: 1
reporting: checks-v1
tasks:
  - $if: 'tasks_for in ["hg-push", "cron", "action"]'
    then:
      $let:
        acts: {$eval: 'tasks_for == "action"'}
        pulls: false
        level: '${repository.level}'
        head:
          url: '${repository.url}'
          rev: '${push.revision}'
          ref: '${push.revision}'
          source: '${repository.url}/raw-file/${push.revision}/.taskcluster.yml'
          scope: '${repository.url[8:]}'
        who: {$if: 'tasks_for == "cron"', then: cron@noreply.example.org, else: '${push.owner}'}
        project: '${repository.project}'
        more_env:
          $if: 'tasks_for == "action"'
          then: {}
          else:
            GECKO_COMMIT_MSG: '${push.comment}'
            PUSHLOG_ID: '${push.pushlog_id}'
            PUSH_DATE: '${push.pushdate}'
            @PREFIX@_BASE_REV: '${push.base_revision}'
      in:
)yml";

constexpr std::string_view kGithubHead =
    R"yml(# How the tasks of an event at GitHub, a cron job and an action begin.
version: 1
reporting: checks-v1
policy:
  pullRequests: public_restricted
tasks:
  - $let:
      acts: {$eval: 'tasks_for in ["action", "pr-action"]'}
      pulls: {$eval: 'tasks_for in ["github-pull-request", "github-pull-request-untrusted"]'}
      level: {$if: 'tasks_for in ["github-push", "github-release", "cron", "action"]', then: '3', else: '1'}
    in:
      $let:
        project: {$if: acts, then: '${repository.project}', else: '${event.repository.name}'}
        head:
          $switch:
            pulls:
              url: ${event.pull_request.head.repo.html_url}
              rev: ${event.pull_request.head.sha}
              ref: ${event.pull_request.head.ref}
              source: ${event.pull_request.head.repo.html_url}/raw/${event.pull_request.head.sha}/.taskcluster.yml
              scope: git.example.com/${event.pull_request.base.repo.full_name}
            'tasks_for == "github-push"':
              url: ${event.repository.html_url}
              rev: ${event.after}
              ref: ${event.ref}
              source: ${event.repository.html_url}/raw/${event.after}/.taskcluster.yml
              scope: git.example.com/${event.repository.full_name}
            'tasks_for == "github-release"':
              url: ${event.repository.html_url}
              rev: ${event.release.tag_name}
              ref: ${event.release.target_commitish}
              source: ${event.repository.html_url}/raw/${event.release.tag_name}/.taskcluster.yml
              scope: git.example.com/${event.repository.full_name}
            'tasks_for == "cron"':
              url: ${repository.url}
              rev: ${push.revision}
              ref: ${push.branch}
              source: ${repository.url}/raw/${push.revision}/.taskcluster.yml
              scope: git.example.com/${event.repository.full_name}
            $default:
              url: ${repository.url}
              rev: ${push.revision}
              ref: ${push.branch}
              source: ${repository.url}/raw/${push.revision}/.taskcluster.yml
              scope: not used
        who:
          $switch:
            pulls: ${event.sender.login}@users.noreply.git.example.com
            'tasks_for == "github-push"': ${event.pusher.email}
            'tasks_for == "github-release"': ${event.sender.login}@users.noreply.git.example.com
            $default: ${tasks_for}@noreply.example.org
        more_env:
          $switch:
            pulls:
              @PREFIX@_PULL_REQUEST_NUMBER: ${event.pull_request.number}
              @PREFIX@_BASE_REV: ${event.pull_request.base.sha}
              @PREFIX@_BASE_REF: ${event.pull_request.base.ref}
              @PREFIX@_PUSH_DATE_TIME: ${event.pull_request.head.updated_at}
              TITLE: ${event.pull_request.title}
            'tasks_for == "github-push"':
              @PREFIX@_BASE_REV: ${event.before}
              @PREFIX@_BASE_REF: ${event.base_ref}
              @PREFIX@_PUSH_DATE_TIME: ${event.repository.pushed_at}
              TRIGGERED_BY_LOGIN: ${event.sender.login}
            'tasks_for == "github-release"':
              @PREFIX@_PUSH_DATE_TIME: ${event.release.published_at}
            'tasks_for == "cron"':
              @PREFIX@_PUSH_DATE_TIME: ${event.release.published_at}
              TRIGGERED_BY_LOGIN: ${event.sender.login}
            $default: {}
      in:
)yml";

// Both go on with the task itself.
constexpr std::string_view kTask = R"yml(
        $merge:
          - $if: '!acts'
            then: {taskId: {$eval: 'as_slugid("decision")'}}
            else: {}
          - provisionerId: '@DOMAIN@-${level}'
            workerType: decision
            schedulerId: '@DOMAIN@-level-${level}'
            taskGroupId: {$if: acts, then: '${action.taskGroupId}', else: '${as_slugid("decision")}'}
            created: {$fromNow: ''}
            deadline: {$fromNow: 1 day}
            expires: {$fromNow: 1 year}
            dependencies: []
            requires: all-completed
            priority: {$if: acts, then: low, else: lowest}
            retries: 5
            routes:
              - index.@DOMAIN@.v2.${project}.revision.${head.rev}.${tasks_for}
            scopes:
              $switch:
                acts: ['${action.repo_scope}']
                pulls: ['assume:repo:${head.scope}:pull-request']
                'tasks_for == "cron"': ['assume:repo:${head.scope}:cron:${cron.job_name}']
                $default: ['assume:repo:${head.scope}:${tasks_for}']
            metadata:
              name: {$if: acts, then: '${action.title}', else: 'Decision task for ${tasks_for}'}
              description: {$if: acts, then: '${action.description}', else: 'Decides what ${head.rev} needs.'}
              owner: ${who}
              source: ${head.source}
            tags:
              createdForUser: ${who}
              kind: {$if: acts, then: action-callback, else: decision-task}
              worker-implementation: docker-worker
            payload:
              image: example/decision:7@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
              maxRunTime: {$eval: 30 * 60}
              features:
                taskclusterProxy: true
                chainOfTrust: true
              cache:
                '@DOMAIN@-level-${level}-checkouts': /builds/checkouts
              env:
                $merge:
                  - @PREFIX@_BASE_REPOSITORY: @BASE@
                    @PREFIX@_HEAD_REPOSITORY: ${head.url}
                    @PREFIX@_HEAD_REF: ${head.ref}
                    @PREFIX@_HEAD_REV: ${head.rev}
@SECOND@
                  - {$eval: more_env}
                  - $if: acts
                    then:
                      ACTION_CALLBACK: ${action.cb_name}
                      ACTION_TASK_GROUP_ID: ${ownTaskId}
                      ACTION_TASK_ID: {$json: {$eval: taskId}}
                      ACTION_INPUT: {$json: {$eval: input}}
                      ACTION_PARAMETERS: {$json: {$eval: parameters}}
                    else: {}
              command:
                $flatten:
                  - run-task
                  - --project=${project}
                  - --level=${level}
                  - --tasks-for=${tasks_for}
                  - {$if: 'tasks_for == "cron"', then: ['${cron.quoted_args}'], else: []}
              artifacts:
                public:
                  type: directory
                  path: /builds/artifacts
                  expires: {$fromNow: 1 year}
            extra:
              $merge:
                - tasks_for: ${tasks_for}
                - $if: acts
                  then:
                    parent: ${action.taskGroupId}
                    action:
                      name: ${action.name}
                      context:
                        taskGroupId: ${action.taskGroupId}
                        taskId: {$eval: taskId}
                        input: {$eval: input}
                  else: {}
                - {$if: 'tasks_for == "cron"', then: {cron: {$json: {$eval: cron}}}, else: {}}
)yml";

}  // namespace

std::string DecisionTemplate(const ChainFacts& facts) {
  const bool hg = facts.product.type == "hg";
  std::string second;
  if (facts.product.name == "mail") {
    second = "                    DESKTOP_HEAD_REPOSITORY: https://hg.example.com/desktop/main";
  } else if (facts.product.name == "enterprise") {
    second = "                    COMM_HEAD_REPOSITORY: ${head.url}";
  }
  std::string head(hg ? kHgHead : kGithubHead);
  if (facts.description.short_form) {
    head = absl::StrReplaceAll(
        head, {{"url: ${event.repository.html_url}\n              rev: ${event.after}",
                "url: ${event.repository.ssh_url}\n              rev: ${event.after}"},
               {"${event.repository.html_url}/raw/${event.after}",
                "https://github.com/${event.repository.full_name}/raw/${event.after}"}});
  }
  return absl::StrReplaceAll(absl::StrCat(head, kTask),
                             {{"@DOMAIN@", facts.product.name},
                              {"@PREFIX@", facts.product.prefix},
                              {"@BASE@", facts.product.repository},
                              {"@SECOND@\n", second.empty() ? "" : absl::StrCat(second, "\n")}});
}

}  // namespace cot
