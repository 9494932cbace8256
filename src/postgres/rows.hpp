// The rows of a set-returning function, all at once into a tuplestore that spills to disk beyond work_mem.
#pragma once
#include "base/memory.hpp"

#include <cstring>

#include "postgres/boundary.hpp"

// Not by their headers, which bring PostgreSQL's own struct String.
struct Tuplestorestate;
struct TupleDescData;
struct HeapTupleData;

namespace csagg::pg {

/// The function returns (Datum) 0 after its last put().
class RowSink {
public:
    /// `columns` is what the C++ code writes; another number in the SQL declaration is an internal error.
    RowSink(FunctionCallInfo fcinfo, int columns);

    /// Copies one row. Checks for interrupts now and then.
    void put(const Datum* values, const bool* nulls);

    /// Copies the row as it is now.
    void put(const class RowForm& row);

private:
    friend class RowForm;

    ::Tuplestorestate* store_;
    ::TupleDescData* shape_;
    MemoryContext memory_ = CurrentMemoryContext;
    unsigned rows_ = 0;
};

/// The memory of what a row is made of, until the next.
class RowMemory {
public:
    RowMemory()
        : context_(
              call([] { return AllocSetContextCreate(CurrentMemoryContext, "csagg row", ALLOCSET_SMALL_SIZES); })) {}
    RowMemory(const RowMemory&) = delete;
    RowMemory& operator=(const RowMemory&) = delete;
    ~RowMemory() { MemoryContextDelete(context_); }

    /// f() with the context as the current one, emptied before.
    template <class F>
    void run(F f) {
        MemoryContextReset(context_);
        struct Switch {
            MemoryContext outer;
            ~Switch() { MemoryContextSwitchTo(outer); }
        } back{MemoryContextSwitchTo(context_)};
        f();
    }

private:
    MemoryContext context_;
};

/// A row to be put again and again, where only some columns of 8 bytes (timestamp, bigint) change: columns at the
/// front, before any of another size, and the last one. Forming a row costs several times as much as copying it.
class RowForm {
public:
    /// In the memory that was current when the sink was made.
    RowForm(const RowSink& sink, const Datum* values, const bool* nulls);

    /// Neither may be NULL in the row as it was formed.
    void set_front(int column, std::int64_t value) { std::memcpy(front_ + 8 * column, &value, 8); }
    void set_last(std::int64_t value) { std::memcpy(last_, &value, 8); }

private:
    friend class RowSink;

    ::HeapTupleData* tuple_;
    Byte* front_;
    Byte* last_;
};

}  // namespace csagg::pg
