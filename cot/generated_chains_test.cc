// SPDX-License-Identifier: MPL-2.0
//
// Every generated good chain is accepted: each kind of product, each reason for a
// decision or action task that it knows, each worker implementation.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "cot/testing/chain_facts.h"
#include "cot/testing/chain_trial.h"
#include "cot/testing/generated_chain.h"
#include "cot/verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/credentials.h"

namespace cot {
namespace {

using ::absl_testing::IsOk;
using ::scriptworker::taskcluster::Credentials;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<ChainDescription> AllDescriptions() {
  std::vector<ChainDescription> all;
  for (const GeneratedProduct& product : GeneratedProducts()) {
    for (const std::string& tasks_for : product.tasks_for) {
      for (const char* worker : {"docker-worker", "generic-worker", "scriptworker"}) {
        all.push_back({.product = product.name, .tasks_for = tasks_for, .worker = worker});
      }
      if (tasks_for == "hg-push" || tasks_for == "github-push") {
        all.push_back({.product = product.name, .tasks_for = tasks_for, .cached_image = true});
        all.push_back({.product = product.name, .tasks_for = tasks_for, .private_artifact = true});
      }
      if (tasks_for == "github-push") {
        all.push_back({.product = product.name, .tasks_for = tasks_for, .short_form = true});
      }
    }
  }
  return all;
}

Credentials ClientCredentials() {
  return {.client_id = std::string(kGeneratedClient),
          .access_token = scriptworker::SecretString("a synthetic access token"),
          .certificate = std::nullopt,
          .authorized_scopes = std::nullopt};
}

class GoodChainTest : public ::testing::TestWithParam<ChainDescription> {};

TEST_P(GoodChainTest, IsVerifiedByChecksInAllStepsAndRestsOnAllItsTasks) {
  GeneratedChain chain(GetParam());
  ChainTrial trial(chain);
  if (GetParam().private_artifact) trial.credentials = ClientCredentials();
  const absl::StatusOr<Verdict> verdict = trial.Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kVerified) << FormatVerdict(*verdict);
  EXPECT_THAT(verdict->findings, IsEmpty());
  EXPECT_THAT(verdict->unavailable, IsEmpty());
  // Of a private repository nobody can be asked what has landed there.
  const bool assumes = FindGeneratedProduct(GetParam().product).is_private;
  EXPECT_THAT(verdict->not_checked, SizeIs(assumes ? verdict->links.size() : 0));
  EXPECT_THAT(verdict->not_checked, Each(HasSubstr("has landed on a branch of its private")));
  EXPECT_THAT(verdict->steps, SizeIs(7));
  EXPECT_THAT(verdict->steps, Each(Field(&StepVerdict::checks, Gt(0))));
  EXPECT_THAT(verdict->absent, ElementsAre(Field(&AbsentArtifact::name, "public/never.txt")));
  EXPECT_THAT(verdict->links, SizeIs(chain.tasks.size()));
  for (const LinkVerdict& link : verdict->links) {
    const auto task = std::find_if(chain.tasks.begin(), chain.tasks.end(),
                                   [&](const auto& t) { return t.second.id == link.task_id; });
    ASSERT_TRUE(task != chain.tasks.end()) << link.name;
    EXPECT_EQ(link.worker_impl, task->second.worker) << link.name;
    if (link.is_target) continue;
    EXPECT_TRUE(link.cot_trusted) << link.name;
    EXPECT_EQ(link.key, GeneratedKey(task->second.worker).public_key().ToBase64()) << link.name;
  }
  // Every document was asked for, and once.
  const std::vector<std::string> requests = chain.requests();
  EXPECT_EQ(std::set<std::string>(requests.begin(), requests.end()).size(), requests.size());
  for (const auto& [url, page] : chain.pages) EXPECT_THAT(requests, Contains(url));
}

INSTANTIATE_TEST_SUITE_P(All, GoodChainTest, ::testing::ValuesIn(AllDescriptions()),
                         [](const auto& info) { return info.param.Name(); });

// What is private needs credentials, and they need scopes; each is said.
TEST(GoodChainsTest, AreNotVerifiedWithoutTheRightToReadWhatIsPrivate) {
  GeneratedChain chain({.private_artifact = true});
  ChainTrial nobody(chain);
  absl::StatusOr<Verdict> verdict = nobody.Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kEvidenceUnavailable) << FormatVerdict(*verdict);
  EXPECT_THAT(verdict->unavailable,
              ElementsAre(HasSubstr("a private artifact needs credentials that have the scope "
                                    "queue:get-artifact:releng/unreleased.zip")));
  ChainTrial stranger(chain);
  stranger.credentials = ClientCredentials();
  stranger.credentials->client_id = "project/other/stranger";
  verdict = stranger.Run();
  ASSERT_THAT(verdict, IsOk());
  EXPECT_EQ(verdict->outcome, Verdict::Outcome::kEvidenceUnavailable) << FormatVerdict(*verdict);
  EXPECT_THAT(verdict->unavailable,
              ElementsAre(AllOf(HasSubstr("InsufficientScopes"),
                                HasSubstr("; give credentials with the scope "
                                          "queue:get-artifact:releng/unreleased.zip"),
                                Not(HasSubstr("bewit=c")))));
}

TEST(GoodChainsTest, AreTheSameEachTime) {
  GeneratedChain one({}), other({});
  one.Publish();
  other.Publish();
  ASSERT_EQ(one.answers.size(), other.answers.size());
  for (const auto& [url, answer] : one.answers) {
    EXPECT_EQ(answer.body, other.answers.find(url)->second.body) << url;
  }
}

}  // namespace
}  // namespace cot
