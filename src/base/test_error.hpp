// For tests: the code of the error that something throws.
#pragma once
#include "base/error.hpp"

#include <gtest/gtest.h>

namespace csagg::test {

/// Fails, and gives Errc::not_supported, where there is none.
template <class F>
Errc code_of(F f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "no error";
    return Errc::not_supported;
}

}  // namespace csagg::test
