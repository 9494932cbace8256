// What is counted of events that come into a window and leave it.
#pragma once
#include "counter/counter.hpp"

namespace csagg {

class TotalSum {
public:
    void enter(const Event& e) { sum_.add(e.total); }
    void leave(const Event& e) {
        Wide minus = e.total;
        minus.negate();
        sum_.add(minus);
    }
    Number value() const { return sum_.to_number(); }

private:
    Wide sum_;
};

class RowCount {
public:
    void enter(const Event& e) { rows_ += e.rows; }
    void leave(const Event& e) { rows_ -= e.rows; }
    Number value() const { return Number::of(rows_); }

private:
    std::int64_t rows_ = 0;
};

}  // namespace csagg
