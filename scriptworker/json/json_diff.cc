// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/unique_values.h"

namespace scriptworker::json {
namespace {

// Cells of the tables for longest common subsequences, of all arrays of a comparison
// together: 2000 by 2000 elements. Both sides may come from somebody who wants this to
// take long.
constexpr size_t kMaxCells = 4'000'000;

constexpr size_t kMaxKept = 1000;
constexpr size_t kMaxKeptPointerBytes = 1 << 20;
// Of a text for people.
constexpr size_t kMaxTextBytes = 64 << 10;
constexpr size_t kMaxShownPointerBytes = 500;

std::vector<const Member*> SortedMembers(const Object& object) {
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const Member& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const Member* a, const Member* b) { return a->key() < b->key(); });
  return members;
}

std::vector<size_t> Hashes(const Array& array) {
  std::vector<size_t> hashes;
  hashes.reserve(array.size());
  for (const Value& element : array) hashes.push_back(HashValue(element));
  return hashes;
}

class Differ {
 public:
  void Compare(const Value& before, const Value& after) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) {
      CompareObjects(before.object(), after.object());
    } else if (before.is_array() && after.is_array()) {
      CompareArrays(before.array(), after.array());
    } else {
      Note(Difference::Kind::kChanged, before, after);
    }
  }

  Differences Take() { return std::move(differences_); }

 private:
  void Note(Difference::Kind kind, const Value& before, const Value& after) {
    std::vector<Difference>& kept = differences_.kept;
    const size_t bytes = pointer_bytes_ + pointer_.size();
    if (!kept.empty() && (kept.size() >= kMaxKept || bytes > kMaxKeptPointerBytes)) {
      ++differences_.left_out;
      return;
    }
    pointer_bytes_ = bytes;
    kept.push_back({.kind = kind, .pointer = pointer_, .before = before, .after = after});
  }

  template <typename Function>
  void Below(std::string_view token, Function function) {
    const size_t size = pointer_.size();
    AppendPointerToken(token, &pointer_);
    function();
    pointer_.resize(size);
  }

  void NoteRemoved(std::string_view token, const Value& value) {
    Below(token, [&] { Note(Difference::Kind::kRemoved, value, Value()); });
  }

  void NoteAdded(std::string_view token, const Value& value) {
    Below(token, [&] { Note(Difference::Kind::kAdded, Value(), value); });
  }

  void CompareObjects(const Object& before, const Object& after) {
    const std::vector<const Member*> old_members = SortedMembers(before);
    const std::vector<const Member*> new_members = SortedMembers(after);
    auto a = old_members.begin();
    auto b = new_members.begin();
    while (a != old_members.end() || b != new_members.end()) {
      if (b == new_members.end() || (a != old_members.end() && (*a)->key() < (*b)->key())) {
        NoteRemoved((*a)->key(), (*a)->value());
        ++a;
      } else if (a == old_members.end() || (*b)->key() < (*a)->key()) {
        NoteAdded((*b)->key(), (*b)->value());
        ++b;
      } else {
        Below((*a)->key(), [&] { Compare((*a)->value(), (*b)->value()); });
        ++a;
        ++b;
      }
    }
  }

  // Equal ends need no search. What lies between is aligned.
  void CompareArrays(const Array& before, const Array& after) {
    const size_t shorter = std::min(before.size(), after.size());
    size_t front = 0;
    while (front < shorter && before[front] == after[front]) ++front;
    size_t back = 0;
    while (back < shorter - front &&
           before[before.size() - 1 - back] == after[after.size() - 1 - back]) {
      ++back;
    }
    const Range old_range{front, before.size() - back};
    const Range new_range{front, after.size() - back};
    const size_t cells = old_range.size() * new_range.size();
    if (cells > cells_left_) return CompareGap(before, old_range, after, new_range);
    cells_left_ -= cells;
    for (const Gap& gap : Align(before, old_range, after, new_range)) {
      CompareGap(before, gap.before, after, gap.after);
    }
  }

  struct Range {
    size_t begin;
    size_t end;
    size_t size() const { return end - begin; }
  };

  struct Gap {
    Range before;
    Range after;
  };

  // What lies between the elements of a longest common subsequence of the two ranges.
  static std::vector<Gap> Align(const Array& before, Range old_range, const Array& after,
                                Range new_range) {
    std::vector<Gap> gaps;
    const std::vector<size_t> old_hashes = Hashes(before);
    const std::vector<size_t> new_hashes = Hashes(after);
    const auto equal = [&](size_t i, size_t j) {
      return old_hashes[i] == new_hashes[j] && before[i] == after[j];
    };
    // length[i][j]: of the common subsequence of what follows i and j.
    const size_t columns = new_range.size() + 1;
    std::vector<uint32_t> lengths((old_range.size() + 1) * columns, 0);
    const auto length = [&](size_t i, size_t j) -> uint32_t& {
      return lengths[(i - old_range.begin) * columns + (j - new_range.begin)];
    };
    for (size_t i = old_range.end; i-- > old_range.begin;) {
      for (size_t j = new_range.end; j-- > new_range.begin;) {
        length(i, j) =
            equal(i, j) ? length(i + 1, j + 1) + 1 : std::max(length(i + 1, j), length(i, j + 1));
      }
    }
    Range old_gap{old_range.begin, old_range.begin};
    Range new_gap{new_range.begin, new_range.begin};
    while (old_gap.end < old_range.end && new_gap.end < new_range.end) {
      if (equal(old_gap.end, new_gap.end)) {
        gaps.push_back({old_gap, new_gap});
        old_gap = {old_gap.end + 1, old_gap.end + 1};
        new_gap = {new_gap.end + 1, new_gap.end + 1};
      } else if (length(old_gap.end + 1, new_gap.end) >= length(old_gap.end, new_gap.end + 1)) {
        ++old_gap.end;
      } else {
        ++new_gap.end;
      }
    }
    old_gap.end = old_range.end;
    new_gap.end = new_range.end;
    gaps.push_back({old_gap, new_gap});
    return gaps;
  }

  // Elements without a counterpart, one by one.
  void CompareGap(const Array& before, Range old_gap, const Array& after, Range new_gap) {
    const size_t both = std::min(old_gap.size(), new_gap.size());
    for (size_t k = 0; k < both; ++k) {
      Below(absl::StrCat(new_gap.begin + k),
            [&] { Compare(before[old_gap.begin + k], after[new_gap.begin + k]); });
    }
    for (size_t i = old_gap.begin + both; i < old_gap.end; ++i) {
      NoteRemoved(absl::StrCat(i), before[i]);
    }
    for (size_t i = new_gap.begin + both; i < new_gap.end; ++i) {
      NoteAdded(absl::StrCat(i), after[i]);
    }
  }

  size_t cells_left_ = kMaxCells;
  std::string pointer_;
  size_t pointer_bytes_ = 0;  // of the differences that are kept
  Differences differences_;
};

std::string ShownPointer(std::string_view pointer) {
  if (pointer.empty()) return "(the whole)";
  if (pointer.size() <= kMaxShownPointerBytes) return std::string(pointer);
  size_t end = kMaxShownPointerBytes;
  // Not within a character.
  while (end > 0 && (static_cast<unsigned char>(pointer[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(pointer.substr(0, end), "...");
}

std::string Shown(const Value& value, size_t max_bytes) {
  std::string text = FormatCompact(value);  // ASCII, so that it can be cut anywhere
  if (text.size() > max_bytes) {
    text.resize(max_bytes);
    text.append("...");
  }
  return text;
}

}  // namespace

Differences Diff(const Value& before, const Value& after) {
  Differ differ;
  differ.Compare(before, after);
  return differ.Take();
}

std::string FormatDifferences(const Differences& differences, size_t max_value_bytes) {
  std::string out;
  size_t left = differences.size();
  for (const Difference& difference : differences.kept) {
    if (out.size() > kMaxTextBytes) break;
    --left;
    const std::string pointer = ShownPointer(difference.pointer);
    const std::string before = Shown(difference.before, max_value_bytes);
    const std::string after = Shown(difference.after, max_value_bytes);
    switch (difference.kind) {
      case Difference::Kind::kAdded:
        absl::StrAppend(&out, "added ", pointer, ": ", after, "\n");
        break;
      case Difference::Kind::kRemoved:
        absl::StrAppend(&out, "removed ", pointer, ": ", before, "\n");
        break;
      case Difference::Kind::kChanged:
        absl::StrAppend(&out, "changed ", pointer, ": ", before, " -> ", after, "\n");
        break;
    }
  }
  if (left > 0) absl::StrAppend(&out, "and ", left, " more differences\n");
  return out;
}

}  // namespace scriptworker::json
