#include "postgres/rows.hpp"

extern "C" {
#include "funcapi.h"
#include "utils/tuplestore.h"
}

namespace csagg::pg {

RowSink::RowSink(FunctionCallInfo fcinfo, int columns) {
    call([fcinfo] { InitMaterializedSRF(fcinfo, 0); });
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

}  // namespace csagg::pg
