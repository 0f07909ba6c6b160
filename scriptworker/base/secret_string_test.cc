// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/base/secret_string.h"

#include <algorithm>
#include <concepts>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/strings/has_absl_stringify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::IsEmpty;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<SecretString>);
static_assert(!absl::HasAbslStringify<SecretString>::value);
static_assert(!std::convertible_to<SecretString, std::string>);
static_assert(!std::convertible_to<SecretString, std::string_view>);
static_assert(!std::convertible_to<std::string, SecretString>);

TEST(SecretStringTest, RevealsWhatItWasGiven) {
  EXPECT_THAT(SecretString("token").reveal(), Eq("token"));
  EXPECT_TRUE(SecretString().empty());
  EXPECT_FALSE(SecretString("token").empty());
}

TEST(SecretStringTest, ComparesAllBytes) {
  EXPECT_TRUE(SecretString("token") == SecretString("token"));
  EXPECT_FALSE(SecretString("token") == SecretString("tokeN"));
  EXPECT_FALSE(SecretString("token") == SecretString("Token"));
  EXPECT_FALSE(SecretString("token") == SecretString("token1"));
  EXPECT_TRUE(SecretString() == SecretString(""));
}

TEST(SecretStringTest, CopiesAreIndependent) {
  SecretString first("token");
  const SecretString second = first;
  first = SecretString("other");
  EXPECT_THAT(second.reveal(), Eq("token"));
  EXPECT_THAT(first.reveal(), Eq("other"));
}

TEST(SecretStringTest, AMoveLeavesNothingBehind) {
  for (const size_t size : {5u, 500u}) {  // inside the object, and on the heap
    SecretString from(std::string(size, 'k'));
    const SecretString to = std::move(from);
    EXPECT_THAT(to.reveal(), Eq(std::string(size, 'k')));
    EXPECT_THAT(from.reveal(), IsEmpty());  // NOLINT(bugprone-use-after-move)
  }
}

TEST(WipeTest, OverwritesTheWholeBuffer) {
  for (const size_t size : {5u, 500u}) {
    std::string text(size, 'k');
    text.resize(size - 1);  // a byte beyond the size is wiped too
    const std::string_view buffer(text.data(), size);
    Wipe(text);
    EXPECT_THAT(text, IsEmpty());
    EXPECT_THAT(std::string(buffer), Each(Eq('\0')));
  }
}

}  // namespace
}  // namespace scriptworker
