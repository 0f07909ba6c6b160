// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/chain.h"

#include <string>
#include <string_view>
#include <vector>

#include "cot/chain/link.h"
#include "cot/testing/links.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using ::scriptworker::taskcluster::TaskId;
using ::testing::ElementsAre;

std::vector<std::string> Names(const Chain& chain) {
  std::vector<std::string> names;
  for (const Link* link : chain.AllLinks()) names.push_back(link->name());
  return names;
}

Link Target() { return MakeLink("signing", kTargetId, "{}", Link::Role::kTarget); }

TEST(ChainTest, TheTargetComesFirstAndTheOthersInTheOrderInWhichTheyWereFound) {
  const Chain chain(Target(),
                    {MakeLink("signing:parent", kDecisionId), MakeLink("signing:build", kBuildId)});
  EXPECT_THAT(Names(chain), ElementsAre("signing", "signing:parent", "signing:build"));
}

TEST(ChainTest, ATargetThatIsALinkTooIsThereOnce) {
  const Chain chain(Target(),
                    {MakeLink("signing", kTargetId), MakeLink("signing:build", kBuildId)});
  EXPECT_THAT(Names(chain), ElementsAre("signing", "signing:build"));
  // As a link, not as the target: it has a chain-of-trust file.
  EXPECT_EQ(chain.AllLinks().front()->role(), Link::Role::kUpstream);
}

TEST(ChainTest, FindsUpstreamLinksOnly) {
  const Chain chain(Target(), {MakeLink("signing:build", kBuildId)});
  ASSERT_NE(chain.Find(*TaskId::Parse(kBuildId)), nullptr);
  EXPECT_EQ(chain.Find(*TaskId::Parse(kBuildId))->name(), "signing:build");
  EXPECT_EQ(chain.Find(*TaskId::Parse(kTargetId)), nullptr);
  EXPECT_EQ(chain.Find(*TaskId::Parse(kDecisionId)), nullptr);
}

TEST(ChainTest, AChainOfNothingHasTheTarget) {
  EXPECT_THAT(Names(Chain(Target(), {})), ElementsAre("signing"));
}

}  // namespace
}  // namespace cot
