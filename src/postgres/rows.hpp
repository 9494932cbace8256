// The rows of a set-returning function, all at once into a tuplestore that spills to disk beyond work_mem.
#pragma once
#include "postgres/boundary.hpp"

// Not by their headers, which bring PostgreSQL's own struct String.
struct Tuplestorestate;
struct TupleDescData;

namespace csagg::pg {

/// The function returns (Datum) 0 after its last put().
class RowSink {
public:
    /// `columns` is what the C++ code writes; another number in the SQL declaration is an internal error.
    RowSink(FunctionCallInfo fcinfo, int columns);

    /// Copies one row. Checks for interrupts now and then.
    void put(const Datum* values, const bool* nulls);

private:
    ::Tuplestorestate* store_;
    ::TupleDescData* shape_;
    unsigned rows_ = 0;
};

}  // namespace csagg::pg
