// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/log/log_format.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scriptworker/base/visible_text.h"
#include "scriptworker/json/format.h"

namespace scriptworker::worker {
namespace {

constexpr int kMaxWidth = 1000;  // a bound for the padding of one field

// Python's names for what it does not know.
constexpr std::string_view kUnknownFile = "(unknown file)";
constexpr std::string_view kUnknownFunction = "(unknown function)";

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

int CodePoints(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuationByte(c); }));
}

// The first `count` code points of `text`.
std::string_view Truncate(std::string_view text, int count) {
  size_t end = 0;
  while (end < text.size()) {
    if (!IsContinuationByte(text[end]) && count-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

void AppendPadded(std::string_view text, bool left, int width, std::string* out) {
  const int missing = std::max(0, width - CodePoints(text));
  const size_t padding = static_cast<size_t>(missing);
  if (!left) out->append(padding, ' ');
  out->append(text);
  if (left) out->append(padding, ' ');
}

std::string Strftime(const std::string& format, absl::Time time, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo civil = zone.At(time);
  std::tm tm = absl::ToTM(time, zone);
  tm.tm_gmtoff = civil.offset;
  tm.tm_zone = civil.zone_abbr;
  std::string text(128, '\0');
  // strftime returns 0 both for "too small" and for an empty result.
  while (true) {
    const size_t size = std::strftime(text.data(), text.size(), format.c_str(), &tm);
    if (size > 0 || text.size() > 16 * (format.size() + 128)) {
      text.resize(size);
      return text;
    }
    text.resize(text.size() * 2);
  }
}

}  // namespace

absl::StatusOr<LogFormat> LogFormat::Create(Options options) {
  LogFormat format(std::move(options));
  const std::string_view text = format.options_.format;
  std::string literal;
  size_t pos = 0;
  while (pos < text.size()) {
    if (text[pos] != '%') {
      literal.push_back(text[pos++]);
      continue;
    }
    if (text.substr(pos, 2) == "%%") {
      literal.push_back('%');
      pos += 2;
      continue;
    }
    absl::StatusOr<Piece> piece = ParsePiece(text, &pos);
    if (!piece.ok()) return piece.status();
    if (!literal.empty()) {
      format.pieces_.push_back({.literal = std::exchange(literal, {})});
    }
    format.pieces_.push_back(*std::move(piece));
  }
  if (!literal.empty()) format.pieces_.push_back({.literal = literal});
  const bool has_field = std::any_of(format.pieces_.begin(), format.pieces_.end(),
                                     [](const Piece& p) { return p.field != Field::kLiteral; });
  if (!has_field) {
    return absl::InvalidArgumentError(
        absl::StrCat("log format \"", text, "\": expected a field such as %(message)s"));
  }
  return format;
}

// `*pos` is at a `%` that starts a conversion; it moves behind it.
absl::StatusOr<LogFormat::Piece> LogFormat::ParsePiece(std::string_view text, size_t* pos) {
  struct KnownField {
    std::string_view name;
    Field field;
    std::string_view conversions;
  };
  static constexpr std::string_view kText = "s";
  static constexpr std::string_view kInteger = "diuoxXs";
  static constexpr std::string_view kReal = "fFeEgGdi";
  static constexpr std::array kFields = {
      KnownField{"asctime", Field::kAscTime, kText},
      KnownField{"created", Field::kCreated, kReal},
      KnownField{"filename", Field::kFileName, kText},
      KnownField{"funcName", Field::kFuncName, kText},
      KnownField{"levelname", Field::kLevelName, kText},
      KnownField{"levelno", Field::kLevelNumber, kInteger},
      KnownField{"lineno", Field::kLineNumber, kInteger},
      KnownField{"message", Field::kMessage, kText},
      KnownField{"module", Field::kModule, kText},
      KnownField{"msecs", Field::kMilliseconds, kReal},
      KnownField{"name", Field::kName, kText},
      KnownField{"pathname", Field::kPathName, kText},
      KnownField{"process", Field::kProcess, kInteger},
      KnownField{"processName", Field::kProcessName, kText},
      KnownField{"relativeCreated", Field::kRelativeCreated, kReal},
      KnownField{"thread", Field::kThread, kInteger},
      KnownField{"threadName", Field::kThreadName, kText},
  };

  const size_t start = *pos;
  const auto error = [&](std::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("log format \"", text, "\": ", what, " at \"", text.substr(start, 20), "\""));
  };
  size_t at = start + 1;
  if (at >= text.size() || text[at] != '(') {
    return error("expected %(field)s or %%");
  }
  const size_t close = text.find(')', at);
  if (close == std::string_view::npos) return error("a `)` is missing");
  const std::string_view name = text.substr(at + 1, close - at - 1);
  const auto known = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const KnownField& f) { return f.name == name; });
  if (known == kFields.end()) return error("unknown field");

  Piece piece{.field = known->field};
  at = close + 1;
  while (at < text.size() && std::strchr("#0+- ", text[at]) != nullptr) {
    piece.flags.push_back(text[at++]);
  }
  const auto number = [&](int* out) {
    const size_t from = at;
    while (at < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) ++at;
    if (at == from) return true;
    return absl::SimpleAtoi(text.substr(from, at - from), out) && *out <= kMaxWidth;
  };
  if (!number(&piece.width)) return error("the width is too large");
  if (at < text.size() && text[at] == '.') {
    ++at;
    piece.precision = 0;
    if (!number(&piece.precision)) return error("the precision is too large");
  }
  if (at >= text.size()) return error("the conversion is missing");
  piece.conversion = text[at];
  if (known->conversions.find(piece.conversion) == std::string_view::npos) {
    return error("the conversion does not fit the field");
  }
  *pos = at + 1;
  return piece;
}

std::string LogFormat::DateText(absl::Time time) const {
  if (!options_.date_format.empty()) {
    return Strftime(options_.date_format, time, options_.zone);
  }
  const int64_t millis = absl::ToUnixMillis(time);
  return absl::StrFormat("%s,%03d", Strftime("%Y-%m-%d %H:%M:%S", time, options_.zone),
                         ((millis % 1000) + 1000) % 1000);
}

void LogFormat::Append(const Piece& piece, const LogRecord& record, std::string* out) const {
  const bool left = piece.flags.find('-') != std::string::npos;
  const auto text = [&](std::string_view value) {
    if (piece.precision >= 0) value = Truncate(value, piece.precision);
    AppendPadded(value, left, piece.width, out);
  };
  const auto spec = [&](char conversion) {
    return absl::StrCat("%", piece.flags, piece.width > 0 ? absl::StrCat(piece.width) : "",
                        piece.precision >= 0 ? absl::StrCat(".", piece.precision) : "",
                        std::string(1, conversion));
  };
  const auto integer = [&](int64_t value) {
    if (piece.conversion == 's') return text(absl::StrCat(value));
    const std::string format = spec(piece.conversion);
    if (!absl::FormatUntyped(out, absl::UntypedFormatSpec(format), {absl::FormatArg(value)})) {
      out->push_back('?');  // ParsePiece lets no such format through
    }
  };
  const auto real = [&](double value) {
    if (piece.conversion == 'd' || piece.conversion == 'i') {
      return integer(static_cast<int64_t>(value));
    }
    const std::string format = spec(piece.conversion);
    if (!absl::FormatUntyped(out, absl::UntypedFormatSpec(format), {absl::FormatArg(value)})) {
      out->push_back('?');  // ParsePiece lets no such format through
    }
  };
  switch (piece.field) {
    case Field::kLiteral:
      out->append(piece.literal);
      return;
    case Field::kAscTime:
      return text(DateText(record.time));
    case Field::kCreated:
      return real(static_cast<double>(absl::ToUnixMicros(record.time)) * 1e-6);
    case Field::kFileName:
    case Field::kModule:
    case Field::kPathName:
      return text(kUnknownFile);
    case Field::kFuncName:
      return text(kUnknownFunction);
    case Field::kLevelName:
      return text(LogLevelName(record.level));
    case Field::kLevelNumber:
      return integer(static_cast<int64_t>(record.level));
    case Field::kLineNumber:
      return integer(0);
    case Field::kMessage:
      return text(VisibleText(record.message, TextLayout::kLogMessage));
    case Field::kMilliseconds:
      return real(static_cast<double>(absl::ToUnixMillis(record.time) % 1000));
    case Field::kName:
      return text("scriptworker");
    case Field::kProcess:
      return integer(::getpid());
    case Field::kProcessName:
      return text("MainProcess");
    case Field::kRelativeCreated:
      return real(absl::ToDoubleMilliseconds(record.time - options_.process_start));
    case Field::kThread:
      return integer(::gettid());
    case Field::kThreadName:
      return text("MainThread");
  }
}

LogFormat LogFormat::Json() { return LogFormat(Options{}); }

std::string LogFormat::FormatJson(const LogRecord& record) {
  std::string out = absl::StrCat(
      R"({"time":")", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", record.time, absl::UTCTimeZone()),
      R"(","level":")", LogLevelName(record.level), R"(","pid":)", ::getpid());
  if (!record.task_id.empty()) {
    absl::StrAppend(&out, R"(,"taskId":)", json::FormatString(record.task_id), R"(,"runId":)",
                    record.run_id);
  }
  absl::StrAppend(&out, R"(,"message":)", json::FormatString(record.message), "}");
  return out;
}

std::string LogFormat::Format(const LogRecord& record) const {
  if (pieces_.empty()) return FormatJson(record);
  std::string out;
  out.reserve(record.message.size() + 64);
  for (const Piece& piece : pieces_) Append(piece, record, &out);
  return out;
}

}  // namespace scriptworker::worker
