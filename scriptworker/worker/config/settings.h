// SPDX-License-Identifier: MPL-2.0
//
// What a configuration file sets, laid over the defaults.
#ifndef SCRIPTWORKER_WORKER_CONFIG_SETTINGS_H_
#define SCRIPTWORKER_WORKER_CONFIG_SETTINGS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cot/policy/defect_list.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/value.h"

namespace scriptworker::worker {

// One value per key of config_keys.h, each of its key's type and range, with
// `by-cot-product` resolved. Thread-compatible.
class Settings {
 public:
  // What it means that a key without a default is not in the file: it is empty then, too.
  enum class Absent { kIsDefect, kIsDefault };
  // `document` is the whole file. Whatever is wrong goes to `defects`; such a
  // key then has its default, so that reading can go on.
  static Settings Read(const json::Value& document, const Environment& environment,
                       cot::DefectList& defects, Absent absent = Absent::kIsDefect);

  // Of a key of kind kWorker. REQUIRES the key's type.
  std::string_view String(std::string_view key) const;
  int64_t Int(std::string_view key) const;
  bool Bool(std::string_view key) const;
  const json::Value& Get(std::string_view key) const;

  // What the file has for a key of any kind; nullptr: nothing, or null.
  const json::Value* InFile(std::string_view key) const;
  // Where that is (RFC 6901); empty if InFile is null.
  std::string PlaceOf(std::string_view key) const;
  // Adds a defect of the key's value, of the part that `pointer` names in it.
  void Refuse(std::string_view key, std::string_view pointer, std::string_view sentence,
              cot::DefectList& defects) const;

  // nullopt: null, which is the default.
  const std::optional<std::string>& cot_product() const { return cot_product_; }

 private:
  struct Setting {
    json::Value value;
    std::string place;  // empty: not in the file
  };

  void ReadDefaults(const Environment& environment, const json::Value& document,
                    cot::DefectList& defects);
  void ReadCotProduct(const json::Value& document, cot::DefectList& defects);
  void ReadKey(std::string_view name, const json::Value& value, cot::DefectList& defects);

  std::map<std::string, Setting, std::less<>> settings_;
  std::optional<std::string> cot_product_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_CONFIG_SETTINGS_H_
