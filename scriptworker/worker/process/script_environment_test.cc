// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/script_environment.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::worker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const taskcluster::TaskId kTaskId = taskcluster::TaskId::Parse("NsqSIRDwQtuVxPjPCFpS1A").value();

TEST(ScriptEnvironmentTest, AddsWhatTheScriptNeedsToKnow) {
  EXPECT_THAT(ScriptEnvironment(Environment(), kTaskId, 2, "https://tc.example.com/"),
              ElementsAre("RUN_ID=2", "TASKCLUSTER_CREDENTIALS_FD=3",
                          "TASKCLUSTER_ROOT_URL=https://tc.example.com/",
                          "TASK_ID=NsqSIRDwQtuVxPjPCFpS1A"));
}

TEST(ScriptEnvironmentTest, PassesTheWorkersVariablesOn) {
  const Environment own({{"PATH", "/bin"}, {"EMPTY", ""}, {"A", "b=c"}});
  const std::vector<std::string> variables = ScriptEnvironment(own, kTaskId, 0, "https://tc");
  EXPECT_THAT(variables, Contains("PATH=/bin"));
  EXPECT_THAT(variables, Contains("EMPTY="));
  EXPECT_THAT(variables, Contains("A=b=c"));
}

TEST(ScriptEnvironmentTest, KeepsTheWorkersSecretsBack) {
  const Environment own({{"TASKCLUSTER_CLIENT_ID", "the-worker"},
                         {"TASKCLUSTER_ACCESS_TOKEN", "no-secret"},
                         {"TASKCLUSTER_CERTIFICATE", "{no-secret}"},
                         {"SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "no-secret"}});
  const std::vector<std::string> variables = ScriptEnvironment(own, kTaskId, 0, "https://tc");
  EXPECT_THAT(variables, Not(Contains(HasSubstr("no-secret"))));
  EXPECT_THAT(variables, Not(Contains(HasSubstr("the-worker"))));
}

const Environment kOwn({{"PATH", "/bin"},
                        {"LC_ALL", "C"},
                        {"LANG", "C"},
                        {"LANGUAGE", "de"},
                        {"SSH_AUTH_SOCK", "/run/agent"},
                        {"TASKCLUSTER_CLIENT_ID", "the-worker"},
                        {"TASKCLUSTER_ACCESS_TOKEN", "the-token"},
                        {"TASKCLUSTER_CERTIFICATE", "the-certificate"},
                        {"SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "the-github-token"},
                        {"DEPLOY", "https://user:the-token@host"}});

std::vector<std::string> NamesOf(const Environment& environment) {
  std::vector<std::string> names;
  for (const auto& [name, value] : environment.variables()) names.push_back(name);
  return names;
}

TEST(InheritedEnvironmentTest, EverythingIsInheritedButTheWorkersSecrets) {
  EXPECT_THAT(NamesOf(InheritedEnvironment(kOwn, {}, {})),
              ElementsAre("DEPLOY", "LANG", "LANGUAGE", "LC_ALL", "PATH", "SSH_AUTH_SOCK"));
}

TEST(InheritedEnvironmentTest, ACleanOneHasWhatIsAllowed) {
  EXPECT_THAT(NamesOf(InheritedEnvironment(
                  kOwn, {.clean = true, .allowed = {"PATH", "LC_*", "LANG", "HOME"}}, {})),
              ElementsAre("LANG", "LC_ALL", "PATH"));
  EXPECT_THAT(NamesOf(InheritedEnvironment(kOwn, {.clean = true}, {})), IsEmpty());
}

TEST(InheritedEnvironmentTest, NoRuleAllowsTheWorkersSecrets) {
  EXPECT_THAT(
      NamesOf(InheritedEnvironment(
          kOwn, {.clean = true, .allowed = {"TASKCLUSTER_*", "SCRIPTWORKER_*", "PATH"}}, {})),
      ElementsAre("PATH"));
}

TEST(InheritedEnvironmentTest, ASecretIsFoundUnderAnyName) {
  const std::vector<SecretString> secrets = {SecretString("the-token"), SecretString("C"),
                                             SecretString("")};
  EXPECT_THAT(NamesOf(InheritedEnvironment(kOwn, {}, secrets)),
              ElementsAre("LANG", "LANGUAGE", "LC_ALL", "PATH", "SSH_AUTH_SOCK"));
}

TEST(WithheldVariablesTest, AreThoseThatTheRulesLetThroughAndScriptsDoNotGet) {
  const std::vector<SecretString> secrets = {SecretString("the-token")};
  EXPECT_THAT(WithheldVariables(kOwn, {}, InheritedEnvironment(kOwn, {}, secrets)),
              ElementsAre("DEPLOY", "SCRIPTWORKER_GITHUB_OAUTH_TOKEN", "TASKCLUSTER_ACCESS_TOKEN",
                          "TASKCLUSTER_CERTIFICATE", "TASKCLUSTER_CLIENT_ID"));
  const EnvironmentRules clean = {.clean = true, .allowed = {"PATH", "DEPLOY", "L*"}};
  EXPECT_THAT(WithheldVariables(kOwn, clean, InheritedEnvironment(kOwn, clean, secrets)),
              ElementsAre("DEPLOY"));
  EXPECT_THAT(WithheldVariables(kOwn, clean, InheritedEnvironment(kOwn, clean, {})), IsEmpty());
}

TEST(ObjectionToVariableTest, NamesAndBeginningsOfNamesAreFine) {
  for (const std::string_view pattern : {"PATH", "_x", "LC_*", "A1*", "TASKCLUSTER_*"}) {
    EXPECT_EQ(ObjectionToVariable(pattern), "") << pattern;
  }
}

TEST(ObjectionToVariableTest, SecretsAndOtherTextsAreNot) {
  EXPECT_THAT(ObjectionToVariable("TASKCLUSTER_ACCESS_TOKEN"), HasSubstr("own secret"));
  for (const std::string_view pattern : {"", "*", "1A", "A-B", "A=B", "*A", "A**", "A*B", "A "}) {
    EXPECT_THAT(ObjectionToVariable(pattern), HasSubstr("expected the name")) << pattern;
  }
}

TEST(ScriptEnvironmentTest, TheRunsVariablesReplaceTheWorkersOwn) {
  const Environment own({{"TASK_ID", "another"}, {"TASKCLUSTER_ROOT_URL", "https://other"}});
  const std::vector<std::string> variables = ScriptEnvironment(own, kTaskId, 0, "https://tc");
  EXPECT_EQ(variables.size(), 4u);
  EXPECT_THAT(variables, Contains("TASKCLUSTER_ROOT_URL=https://tc"));
}

}  // namespace
}  // namespace scriptworker::worker
