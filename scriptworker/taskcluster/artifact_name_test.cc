// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/artifact_name.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/url.h"

namespace scriptworker::taskcluster {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using ::testing::HasSubstr;

TEST(ArtifactNameTest, TakesNamesThatAreFiles) {
  for (const std::string_view name :
       {"a", "public/build/target.tar.gz", "public/a b+c%d&e=f,~($)@;?#[x]!*.txt", "...", ".hidden",
        "a/..b/c..", "public/C:\\x", "%2e%2e/x"}) {
    const auto parsed = ArtifactName::Parse(name);
    ASSERT_THAT(parsed, IsOk()) << name;
    EXPECT_EQ(parsed->str(), name);
    EXPECT_EQ(parsed->path(), name);
  }
}

struct DefectCase {
  std::string name;
  std::string_view defect;
};

TEST(ArtifactNameTest, RefusesWhatIsNoFileOfItsOwnBeneathTheFolder) {
  for (const DefectCase& one : std::vector<DefectCase>{
           {"", "empty"},
           {"/etc/passwd", "absolute"},
           {"../x", "dot segment"},
           {"a/../x", "dot segment"},
           {"a/.", "dot segment"},
           {".", "dot segment"},
           {"a//b", "empty segment"},
           {"a/", "empty segment"},
           {"a\n", "printable ASCII"},
           {std::string("a\0b", 3), "printable ASCII"},
           {"a\x7f", "printable ASCII"},
           {"\xc3\xa9", "printable ASCII"},
           {std::string(256, 'x'), "too long for a file"},
           {absl::StrCat(std::string(255, 'x'), "/", std::string(255, 'x'), "/",
                         std::string(255, 'x'), "/", std::string(255, 'x'), "/end"),
            "longer than 1024"},
       }) {
    EXPECT_THAT(ArtifactName::Parse(one.name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(one.defect))))
        << one.name;
  }
}

// Property: whatever is accepted comes back the same from its URL form, and
// names a file beneath the folder. Names are built from the pieces that tend to
// go wrong.
TEST(ArtifactNameTest, NameAndPathAreABijection) {
  absl::BitGen bitgen;
  const std::vector<std::string_view> pieces = {"a",   "b",   "/",       ".", "..",  "%", "%2F",
                                                "%2f", "%41", " ",       "~", "?",   "#", "\\",
                                                "\n",  "//",  "public/", "*", "\xff"};
  const TempDir folder;
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int n = absl::Uniform(bitgen, 1, 6); n > 0; --n) {
      absl::StrAppend(&text, pieces[absl::Uniform<size_t>(bitgen, 0, pieces.size())]);
    }
    const auto name = ArtifactName::Parse(text);
    if (!name.ok()) continue;
    ++accepted;
    EXPECT_EQ(name->path(), text);
    EXPECT_EQ(http::PercentDecode(http::PercentEncode(name->str())).value(), name->str());
    const auto beneath = IsBeneath(JoinPath(folder.path(), name->path()), folder.path());
    EXPECT_TRUE(!beneath.ok() || *beneath) << text;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace scriptworker::taskcluster
