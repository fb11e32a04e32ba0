// What the address sanitizer of a fuzz target is told.
#pragma once

// Freed memory that is held back to find uses of it: with the default of 256 MiB every input
// touches fresh pages, and the kernel takes more time to clear them than the input does.
#define RDPTRIAGE_FUZZ_OPTIONS "quarantine_size_mb=8"
