// SPDX-License-Identifier: MPL-2.0
//
// Texts that tasks, scripts and servers have made up, for a log or a terminal.

#ifndef SCRIPTWORKER_BASE_VISIBLE_TEXT_H_
#define SCRIPTWORKER_BASE_VISIBLE_TEXT_H_

#include <string>
#include <string_view>

namespace scriptworker {

// What becomes of line feeds and tabs.
enum class TextLayout {
  kOneLine,     // both are spelled out: a name among other words
  kLines,       // line feeds stay, tabs are spelled out: text that is indented already
  kLogMessage,  // what follows a line feed is indented, so that no line is made up; tabs stay
};

// Nothing of the result moves a cursor, is a mark of direction, or is there unseen; it is UTF-8.
// (Letters that are written from right to left stay.) Byte by byte ("\x1b") are spelled out:
// controls (C0, DEL, C1), marks of direction, line and paragraph separators (U+2028, U+2029), signs
// without a width (Unicode's Default_Ignorable_Code_Point and the annotations beside them; a
// variation selector stays behind a character beyond ASCII, as in emojis), and what is no UTF-8.
std::string VisibleText(std::string_view text, TextLayout layout);

}  // namespace scriptworker

#endif  // SCRIPTWORKER_BASE_VISIBLE_TEXT_H_
