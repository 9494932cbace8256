// What the files of the evaluation share.
#pragma once
#include "rules/instant/evaluation.hpp"
#include "rules/instant/daily_lines.hpp"

namespace csagg {

inline constexpr Value no_number{Kind::number, true, 0, 0, {}};
inline constexpr Value no_truth{Kind::boolean, true, 0, 0, {}};

inline bool is_line(const Result& result) { return result.slope.coefficient != 0; }

}  // namespace csagg
