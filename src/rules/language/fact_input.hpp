// What a row has in place of a declared fact.
#pragma once
#include "value/value.hpp"

namespace csagg {

/// What of a declared fact a rule set looks at: of some states only what they are at the instant itself.
enum class Wanted : Byte { nothing, present, all };

/// What a row says about one declared fact. A plain value holds since ever.
struct FactInput {
    enum class Form : Byte { missing, plain, timeline, counter };

    Form form = Form::missing;
    Value value = Value::none(Kind::boolean);  // plain
    ByteSpan bytes;                            // of the timeline or counter
    Instant known_from = minus_infinity;       // missing: the horizon of the history that has no such fact
};

}  // namespace csagg
