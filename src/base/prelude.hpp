// What nearly every file includes anyway: precompiled, a build from nothing takes half the time (make PRECOMPILE=1).
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/memory.hpp"

#include <algorithm>
#include <optional>
#include <string>
