// Prints the report that uses every member once, in the format given.
#include <iostream>

#include "rdptriage/analyze.hpp"
#include "support/kitchen_sink.hpp"

int main(int argc, char** argv) {
  const char* format = argc > 1 ? argv[1] : "json";
  return rdptriage::write_report(rdptriage::test::kitchen_sink_report(), format, std::cout) ? 0 : 2;
}
