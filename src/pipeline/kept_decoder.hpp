// An event of the store, as readers give them.
#pragma once

#include <vector>

#include "event/event_store.hpp"

namespace rdptriage::pipeline {

class KeptDecoder final : public EventDecoder {
 public:
  explicit KeptDecoder(const event::Event& event) : event_(event) {}
  void decode_system(SystemFields& out) override { out = event_.system; }
  void decode_fields(std::vector<Field>& out) override { out = event_.fields; }

 private:
  const event::Event& event_;
};

}  // namespace rdptriage::pipeline
