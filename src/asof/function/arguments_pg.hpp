// The arguments of csagg.asof_join, checked and looked up.
#pragma once
#include "asof/function/input_pg.hpp"
#include "asof/join/join_pg.hpp"
#include "asof/function/validity_pg.hpp"

namespace csagg::pg {

struct AsOfArguments {
    explicit AsOfArguments(FunctionCallInfo fcinfo);

    /// Where the left query brings what the join asks for.
    struct LeftPlaces {
        std::vector<AttrNumber> keys;
        AttrNumber at;
    };

    Input left, right;
    LeftPlaces left_places;
    std::vector<KeySpec> keys;
    std::vector<TieKey> ties;
    Tolerance tolerance;
    std::vector<Validity> validities;
    AsOfSpec spec;  // all but the shape and the condition
    bool keep_unmatched;

private:
    void read_by(FunctionCallInfo fcinfo);
    void read_key(std::string_view item);
    void add_key(const Input::Column& l, const Input::Column& r, bool null_safe);
    InstantPair instants_of(const Input::Column& l, const Input::Column& r);
    void read_known(FunctionCallInfo fcinfo);
    void read_tie_break(const Input::Column& column);
};

}  // namespace csagg::pg
