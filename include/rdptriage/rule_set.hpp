// Everything the program knows about RDP: detections, correlations, causes, text formats and code
// tables. Immutable once loaded; safe to share between threads.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rdptriage/problem.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage {

class RuleSetImpl;  // pipeline/rule_set_impl.hpp

class RuleSet {
 public:
  // The default pack, embedded in the library. Loaded on first use.
  static const RuleSet& builtin();
  // Loads files and folders, on top of the default pack or alone. The error's message lists every
  // problem of every file. `language`: "de"; texts that the packs do not have in it stay English.
  enum class Base { builtin, none };
  static Result<RuleSet> load(std::span<const std::filesystem::path> paths,
                              Base base = Base::builtin, std::string_view language = {});

  const RuleSetImpl& impl() const { return *impl_; }
  explicit RuleSet(std::shared_ptr<const RuleSetImpl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const RuleSetImpl> impl_;
};

}  // namespace rdptriage
