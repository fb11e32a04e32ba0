// How many events of which kind an artifact holds, and from when to when.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/event.hpp"
#include "rdptriage/inspect.hpp"

namespace rdptriage::pipeline {

class SourceTally {
 public:
  void add(const EventView& event);
  // Takes over what another thread has counted, which begins anew.
  void join(SourceTally& other);
  std::vector<SourceCount> rows() const;  // by name

 private:
  SourceCount& row(std::string_view name);

  std::map<std::string, SourceCount, std::less<>> rows_;
  SourceCount* last_ = nullptr;  // of the event before, which mostly is of the same kind
};

}  // namespace rdptriage::pipeline
