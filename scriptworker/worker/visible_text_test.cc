// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/visible_text.h"

#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scriptworker::worker {
namespace {

TEST(VisibleTextTest, SpellsOutWhatATerminalWouldObey) {
  struct Case {
    std::string_view text, visible;
  };
  const Case cases[] = {
      {"", ""},
      {"plain text, \ttabs and \xC3\xBCmlauts", "plain text, \ttabs and \xC3\xBCmlauts"},
      {"one\ntwo\n", "one\n    two\n    "},
      {"\x1b[2J", "\\x1b[2J"},
      {"over\rwritten\x7f", "over\\x0dwritten\\x7f"},
      {"\xC2\x9B", "\\xc2\\x9b"},  // U+009B, a CSI of one character
      {"\xC2\xA0", "\xC2\xA0"},
      {"\xC2", "\xC2"},  // cut off
      {std::string_view("\0", 1), "\\x00"},
  };
  for (const Case& c : cases) EXPECT_EQ(VisibleText(c.text), c.visible);
}

}  // namespace
}  // namespace scriptworker::worker
