#include "postgres/rows.hpp"

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
    call([store = store_, shape = shape_, values, nulls] { tuplestore_putvalues(store, shape, values, nulls); });
}

}  // namespace csagg::pg
