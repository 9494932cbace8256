#include "postgres/rows.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/tuplestore.h"
}

namespace csagg::pg {

RowSink::RowSink(FunctionCallInfo fcinfo, int columns) {
    // The caller's description of a row, which it frees: to look it up in the catalog leaves some hundred bytes a call
    // behind.
    call([fcinfo] { InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC); });
    const auto* result = reinterpret_cast<const ReturnSetInfo*>(fcinfo->resultinfo);
    store_ = result->setResult;
    shape_ = result->setDesc;
    if (shape_->natts != columns)
        throw std::logic_error("function returns " + std::to_string(columns) + " columns but is declared with " +
                               std::to_string(shape_->natts));
}

void RowSink::put(const Datum* values, const bool* nulls) {
    if (++rows_ % 1024 == 0) check_interrupts();
    // PostgreSQL's signature says nothing of it, but the arrays are only read.
    call([this, values = const_cast<Datum*>(values), nulls = const_cast<bool*>(nulls)] {
        tuplestore_putvalues(store_, shape_, values, nulls);
    });
}

void RowSink::put(const RowForm& row) {
    if (++rows_ % 1024 == 0) check_interrupts();
    call([this, tuple = row.tuple_] { tuplestore_puttuple(store_, tuple); });
}

RowForm::RowForm(const RowSink& sink, const Datum* values, const bool* nulls) {
    tuple_ = call([&sink, values = const_cast<Datum*>(values), nulls = const_cast<bool*>(nulls)] {
        const MemoryContext before = MemoryContextSwitchTo(sink.memory_);
        HeapTuple tuple = heap_form_tuple(sink.shape_, values, nulls);
        MemoryContextSwitchTo(before);
        return tuple;
    });
    auto* const row = reinterpret_cast<Byte*>(tuple_->t_data);
    front_ = row + tuple_->t_data->t_hoff;
    last_ = row + tuple_->t_len - 8;
}

}  // namespace csagg::pg
