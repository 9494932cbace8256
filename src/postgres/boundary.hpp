// The wall between C++ exceptions and PostgreSQL's longjmp. The only header that knows both.
//
//   guard(f)  C++ -> PostgreSQL: every function that PostgreSQL calls is one guard; an exception becomes an ERROR,
//             raised after the catch block has ended and every C++ object is gone.
//   call(f)   PostgreSQL -> C++: f may ereport; the ERROR unwinds the C++ frames and goes on in guard.
//
// Include after every C++ header: this one brings postgres.h.
#pragma once
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/memory.hpp"

#include <exception>
#include <type_traits>

extern "C" {
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif
}

namespace csagg::pg {

// A PostgreSQL ERROR on its way through C++ frames. It still lies on PostgreSQL's own error stack, so nothing is
// copied and nothing may swallow it: deliberately not a std::exception.
struct Raised {};

template <class F>
decltype(auto) call(F f) {
    static_assert(std::is_trivially_destructible_v<F>, "longjmp would skip the destructor of this lambda");
    struct Frame {
        sigjmp_buf* handler = PG_exception_stack;
        ErrorContextCallback* context = error_context_stack;
        MemoryContext memory = CurrentMemoryContext;
        void restore() const {
            PG_exception_stack = handler;
            error_context_stack = context;
        }
        ~Frame() { restore(); }
    } frame;
    sigjmp_buf landing;
    if (sigsetjmp(landing, 0) != 0) {
        frame.restore();
        CurrentMemoryContext = frame.memory;
        throw Raised{};
    }
    PG_exception_stack = &landing;
    return f();
}

int sqlstate(Errc code);

// What survives the catch block: plain bytes, so that ereport may longjmp with no C++ object left alive.
class Failure {
public:
    void set(int code, const char* message, const char* detail = "", const char* hint = "") noexcept;
    [[noreturn]] void raise() const;

private:
    int sqlstate_ = 0;  // 0: PostgreSQL's own error, to be rethrown
    char message_[512];
    char detail_[256];
    char hint_[256];
};

template <class F>
auto guard(F f) -> decltype(f()) {
    Failure failure;
    try {
        return f();
    } catch (const Raised&) {
    } catch (const Error& e) {
        failure.set(sqlstate(e.code()), e.what(), e.detail().c_str(), e.hint().c_str());
    } catch (const std::bad_alloc&) {
        failure.set(ERRCODE_OUT_OF_MEMORY, "out of memory");
    } catch (const std::exception& e) {
        failure.set(ERRCODE_INTERNAL_ERROR, e.what());
    } catch (...) {
        failure.set(ERRCODE_INTERNAL_ERROR, "unknown C++ exception");
    }
    failure.raise();
}

// Memory of a MemoryContext for C++ containers. It never longjmps: it asks for NULL and throws std::bad_alloc.
class ContextArena final : public Arena {
public:
    explicit ContextArena(MemoryContext context = CurrentMemoryContext) : context_(context) {}

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (alignment <= MAXIMUM_ALIGNOF && AllocHugeSizeIsValid(bytes))
            if (void* p = MemoryContextAllocExtended(context_, bytes, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM)) return p;
        throw std::bad_alloc{};
    }
    void do_deallocate(void* p, std::size_t, std::size_t) override { pfree(p); }
    bool do_is_equal(const Arena& other) const noexcept override { return this == &other; }

    MemoryContext context_;
};

/// A global object of this type has `function` called when PostgreSQL has loaded the library. It may ereport.
class AtLoad {
public:
    explicit AtLoad(void (*function)()) : function_(function), next_(first) { first = this; }
    static void run() {
        for (const AtLoad* each = first; each != nullptr; each = each->next_) each->function_();
    }

private:
    inline static const AtLoad* first = nullptr;
    void (*function_)();
    const AtLoad* next_;
};

/// Bytes in the current context by way of throw, never longjmp.
void* allocate(std::size_t bytes);

}  // namespace csagg::pg

/// Defines the SQL-callable function `name`; the body is a guarded lambda over `fcinfo` that returns a Datum.
#define CSAGG_FUNCTION(name)                                                          \
    extern "C" {                                                                      \
    PG_FUNCTION_INFO_V1(name);                                                        \
    }                                                                                 \
    static Datum name##_body(FunctionCallInfo fcinfo);                                \
    extern "C" Datum name(PG_FUNCTION_ARGS) {                                         \
        return csagg::pg::guard([fcinfo]() -> Datum { return name##_body(fcinfo); }); \
    }                                                                                 \
    static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
