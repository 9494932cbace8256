#include "base/hash.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "csagg", .version = CSAGG_VERSION);
#else
PG_MODULE_MAGIC;
#endif
void _PG_init(void);
}

namespace csagg::pg {

int sqlstate(Errc code) {
    switch (code) {
        case Errc::invalid_parameter: return ERRCODE_INVALID_PARAMETER_VALUE;
        case Errc::null_not_allowed: return ERRCODE_NULL_VALUE_NOT_ALLOWED;
        case Errc::out_of_range: return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
        case Errc::datetime_overflow: return ERRCODE_DATETIME_VALUE_OUT_OF_RANGE;
        case Errc::division_by_zero: return ERRCODE_DIVISION_BY_ZERO;
        case Errc::kind_mismatch: return ERRCODE_DATATYPE_MISMATCH;
        case Errc::invalid_text: return ERRCODE_INVALID_TEXT_REPRESENTATION;
        case Errc::invalid_binary: return ERRCODE_INVALID_BINARY_REPRESENTATION;
        case Errc::limit_exceeded: return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
        case Errc::corrupt: return ERRCODE_DATA_CORRUPTED;
        case Errc::not_supported: return ERRCODE_FEATURE_NOT_SUPPORTED;
        case Errc::undefined_column: return ERRCODE_UNDEFINED_COLUMN;
    }
    return ERRCODE_INTERNAL_ERROR;
}

namespace {

std::size_t server_text_within(std::string_view text, std::size_t limit) {
    return std::size_t(pg_mbcliplen(text.data(), int(text.size()), int(limit)));
}
const AtLoad at_load{[] { text_within = server_text_within; }};

}  // namespace

void Failure::set(int code, const char* message, const char* detail, const char* hint) noexcept {
    sqlstate_ = code;
    snprintf(message_, sizeof message_, "%s", message);
    snprintf(detail_, sizeof detail_, "%s", detail);
    snprintf(hint_, sizeof hint_, "%s", hint);
}

void Failure::raise() const {
    if (sqlstate_ == 0) PG_RE_THROW();
    // A message cut in the middle of a multibyte character must not reach the client.
    auto clip = [](const char* text) { return pg_mbcliplen(text, int(std::strlen(text)), int(std::strlen(text))); };
    ereport(ERROR, (errcode(sqlstate_), errmsg_internal("%.*s", clip(message_), message_),
                    detail_[0] != '\0' ? errdetail_internal("%.*s", clip(detail_), detail_) : 0,
                    hint_[0] != '\0' ? errhint("%.*s", clip(hint_), hint_) : 0));
    pg_unreachable();
}

void* allocate(std::size_t bytes) {
    void* p = AllocHugeSizeIsValid(bytes)
                  ? MemoryContextAllocExtended(CurrentMemoryContext, bytes, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM)
                  : nullptr;
    if (p == nullptr) throw std::bad_alloc{};
    return p;
}

}  // namespace csagg::pg

void _PG_init(void) {
    std::uint64_t seed = 0;
    if (pg_strong_random(&seed, sizeof seed)) csagg::process_hash_seed = seed;
    csagg::interrupt_handler = [] {
        if (InterruptPending) csagg::pg::call([] { ProcessInterrupts(); });
    };
    csagg::pg::AtLoad::run();
}
