// SPDX-License-Identifier: MPL-2.0
// nlohmann/json reads the syntax; its events build the value here. Elements of the
// containers that are still open lie on one stack, so that each array and object
// is allocated once and with its final size.
#include "scriptworker/json/json.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace scriptworker::json {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// nlohmann's lexer does not tell where it is, and being told by the iterator takes time.
enum class Pass : uint8_t {
  kQuick,   // the first: a failure has no place yet
  kPlaced,  // the second, after a failure, or if the place of the end is asked for
};

// Gives the text to nlohmann's lexer byte by byte, so that `*place` is where it
// has come to.
class TextIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TextIterator(const char** place, const char* end) : place_(place), end_(end) {}

  const char& operator*() const { return **place_; }
  TextIterator& operator++() {
    ++*place_;
    return *this;
  }
  // Only ever compared with the end.
  bool operator==(const TextIterator&) const { return *place_ == end_; }
  bool operator!=(const TextIterator& other) const { return !(*this == other); }

 private:
  const char** place_;
  const char* end_;
};

// Receives nlohmann's events. Each function returns whether to go on; if not,
// status() says why.
class ValueBuilder {
 public:
  ValueBuilder(std::string_view text, const ParseOptions& options, Pass pass)
      : text_(text), options_(options), pass_(pass), place_(text.data()) {}

  absl::StatusOr<Value> Run(bool whole_text) {
    if (absl::StartsWith(text_, kByteOrderMark)) {
      Fail(0, "a byte order mark is not allowed");
      return status_;
    }
    // nlohmann's lexer would take it for the end of the text.
    const size_t nul = whole_text ? text_.find('\0') : std::string_view::npos;
    if (nul != std::string_view::npos) {
      Fail(nul, "a NUL byte is not allowed");
      return status_;
    }
    constexpr auto kFormat = nlohmann::json::input_format_t::json;
    const char* const end = text_.data() + text_.size();
    if (pass_ == Pass::kQuick) {
      nlohmann::json::sax_parse(text_.data(), end, this, kFormat, whole_text);
    } else {
      const TextIterator begin(&place_, end);
      nlohmann::json::sax_parse(begin, begin, this, kFormat, whole_text);
    }
    if (!status_.ok()) return status_;
    return std::move(stack_.front());
  }

  // Behind the value, in a placed pass. The lexer has looked at the byte behind a number.
  size_t consumed() const {
    const size_t read = Offset();
    const bool looked_ahead =
        root_is_number_ &&
        std::string_view("0123456789.eE+-").find(text_[read - 1]) == std::string_view::npos;
    return looked_ahead ? read - 1 : read;
  }

  bool null() { return Add(Value()); }
  bool boolean(bool value) { return Add(Value(value)); }
  bool number_integer(int64_t value) { return AddNumber(Value(value)); }
  bool number_unsigned(uint64_t value) { return AddNumber(Value(value)); }
  bool number_float(double value, const std::string& token) {
    const bool is_integer = token.find_first_of(".eE") == std::string::npos;
    if (is_integer && !options_.allow_big_integers) {
      const size_t begin = text_.substr(0, Offset()).rfind(token);
      return Fail(begin, "this integer does not fit into 64 bits");
    }
    return AddNumber(Value(value));
  }
  bool string(const std::string& value) { return Add(Value(value)); }
  bool binary(const std::vector<uint8_t>&) { return false; }  // not in JSON texts

  bool start_object(size_t) { return Open(); }
  bool key(const std::string& value) {
    if (pass_ == Pass::kPlaced) frames_.back().keys.push_back(Offset());
    stack_.emplace_back(value);
    return true;
  }
  bool end_object() {
    const Frame& frame = frames_.back();
    Object object;
    object.reserve((stack_.size() - frame.base) / 2);
    for (size_t i = frame.base; i < stack_.size(); i += 2) {
      if (options_.allow_duplicate_keys) {
        object.Set(stack_[i], std::move(stack_[i + 1]));
      } else if (const Value key = stack_[i];
                 !object.Insert(std::move(stack_[i]), std::move(stack_[i + 1]))) {
        return pass_ == Pass::kQuick
                   ? FailQuickly()
                   : Fail(KeyBegin(frame.keys[(i - frame.base) / 2]),
                          absl::StrCat("the key ", FormatString(key.string_value()),
                                       " is repeated"));
      }
    }
    return Close(Value(std::move(object)));
  }

  bool start_array(size_t) { return Open(); }
  bool end_array() {
    const size_t base = frames_.back().base;
    Array array;
    array.reserve(stack_.size() - base);
    for (size_t i = base; i < stack_.size(); ++i) array.push_back(std::move(stack_[i]));
    return Close(Value(std::move(array)));
  }

  // `position`: how many bytes were read, the last being the one that was wrong.
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) {
    constexpr int kNumberOverflow = 406;
    if (text_.empty()) return Fail(0, "the text is empty");
    const size_t offset = position == 0 ? 0 : position - 1;
    if (error.id == kNumberOverflow) return Fail(offset, "this number is too large for a double");
    // "[json.exception.parse_error.101] parse error at line 1, column 2: what; last read:
    // 'text'". The text may be secret.
    std::string_view what = error.what();
    what = what.substr(0, what.find("; last read: "));
    const size_t begin = what.find(": ");
    if (begin != std::string_view::npos) what.remove_prefix(begin + 2);
    return Fail(offset, what);
  }

 private:
  struct Frame {
    size_t base;               // of its elements, or keys and values, on the stack
    std::vector<size_t> keys;  // offsets behind each key's closing quote, in a placed pass
  };

  size_t Offset() const { return static_cast<size_t>(place_ - text_.data()); }

  bool FailQuickly() {
    status_ = absl::InvalidArgumentError("the second pass tells");
    return false;
  }

  bool Fail(size_t offset, std::string_view what) {
    if (pass_ == Pass::kQuick) return FailQuickly();
    int line = 1;
    size_t line_begin = 0;
    for (size_t i = 0; i < offset && i < text_.size(); ++i) {
      if (text_[i] == '\n') {
        ++line;
        line_begin = i + 1;
      }
    }
    status_ = absl::InvalidArgumentError(
        absl::StrCat(options_.source, ":", line, ":", offset - line_begin + 1, ": ", what));
    return false;
  }

  // The opening quote of a key. A quote within it has a backslash before it.
  size_t KeyBegin(size_t end) const {
    size_t quote = text_.rfind('"', end - 2);
    while (quote > 0 && text_[quote - 1] == '\\') quote = text_.rfind('"', quote - 1);
    return quote;
  }

  bool Add(Value value) {
    stack_.push_back(std::move(value));
    return true;
  }

  bool AddNumber(Value value) {
    root_is_number_ = frames_.empty();
    return Add(std::move(value));
  }

  bool Open() {
    if (frames_.size() >= static_cast<size_t>(options_.max_depth)) {
      return Fail(Offset() - 1, absl::StrCat("nested deeper than ", options_.max_depth, " levels"));
    }
    frames_.push_back({.base = stack_.size(), .keys = {}});
    return true;
  }

  bool Close(Value value) {
    stack_.resize(frames_.back().base);
    frames_.pop_back();
    return Add(std::move(value));
  }

  const std::string_view text_;
  const ParseOptions& options_;
  const Pass pass_;
  const char* place_;  // moves in a placed pass
  std::vector<Value> stack_;
  std::vector<Frame> frames_;
  bool root_is_number_ = false;
  absl::Status status_;
};

absl::StatusOr<Value> Run(std::string_view text, const ParseOptions& options, size_t* consumed) {
  const bool whole_text = consumed == nullptr;
  try {
    if (whole_text) {
      absl::StatusOr<Value> value = ValueBuilder(text, options, Pass::kQuick).Run(whole_text);
      if (value.ok()) return value;
    }
    ValueBuilder builder(text, options, Pass::kPlaced);
    absl::StatusOr<Value> value = builder.Run(whole_text);
    if (value.ok() && consumed != nullptr) *consumed = builder.consumed();
    return value;
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat(options.source, ": ", error.what()));
  }
}

}  // namespace

absl::StatusOr<Value> Parse(std::string_view text, const ParseOptions& options) {
  return Run(text, options, /*consumed=*/nullptr);
}

absl::StatusOr<Value> ParsePrefix(std::string_view text, size_t* consumed,
                                  const ParseOptions& options) {
  return Run(text, options, consumed);
}

}  // namespace scriptworker::json
