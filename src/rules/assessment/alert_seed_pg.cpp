#include "rules/assessment/alert_seed_pg.hpp"

#include "postgres/varlena.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/jsonb.h"
}

namespace csagg::pg {
namespace {

[[noreturn]] void throw_no_seed(std::string_view what) {
    throw Error(Errc::invalid_parameter, "argument \"seed\" " + std::string(what),
                "Give what an earlier call has given as seed.");
}

AlertState state_named(const JsonValue& value) {
    if (value.type == JsonType::string && value.text == "pending") return AlertState::pending;
    if (value.type == JsonType::string && value.text == "firing") return AlertState::firing;
    throw_no_seed("has a state that is neither pending nor firing");
}

Instant instant_of(const JsonValue& value) {
    std::string_view text = value.text;
    if (value.type != JsonType::string) throw_no_seed("has an \"until\" that is no instant");
    const Instant at = parse_instant(text);
    if (!text.empty()) throw_no_seed("has an \"until\" that is no instant");
    return at;
}

AlertMachine machine_of(const Json& json, const JsonValue& value) {
    AlertState state = AlertState::inactive;
    Instant until = plus_infinity;
    if (value.type != JsonType::object) throw_no_seed("has an alert without a state");
    json.for_members(value, [&](const JsonValue& name, const JsonValue& member) {
        if (name.text == "state") state = state_named(member);
        if (name.text == "until") until = instant_of(member);
    });
    if (state == AlertState::inactive) throw_no_seed("has an alert without a state");
    return {state, until};
}

}  // namespace

void read_alert_seed(Datum jsonb, const RuleSet& rules, Vector<AlertMachine>& machines) {
    const char* const text = call([jsonb] { return DatumGetCString(DirectFunctionCall1(jsonb_out, jsonb)); });
    const Json json(text, machines.get_stored_allocator().arena());
    if (json.root().type != JsonType::object) throw_no_seed("is no object");
    machines.resize(rules.alerts().size());
    json.for_members(json.root(), [&](const JsonValue& name, const JsonValue& value) {
        const AlertMachine machine = machine_of(json, value);
        for (std::size_t i = 0; i < machines.size(); ++i)
            if (rules.alerts()[i].name == name.text) machines[i] = machine;
    });
}

Datum alert_seed_datum(const RuleSet& rules, std::span<const AlertMachine> machines, Arena& arena) {
    csagg::String json(arena);
    json.push_back('{');
    for (std::size_t i = 0; i < machines.size(); ++i) {
        if (machines[i].state() == AlertState::inactive) continue;
        if (json.size() > 1) json.push_back(',');
        print_quoted(rules.alerts()[i].name, json);
        json += machines[i].state() == AlertState::firing ? ":{\"state\":\"firing\"" : ":{\"state\":\"pending\"";
        if (machines[i].deadline() < plus_infinity) {
            json += ",\"until\":\"";
            print_instant(machines[i].deadline(), json);
            json.push_back('"');
        }
        json.push_back('}');
    }
    json.push_back('}');
    return make_jsonb({json.data(), json.size()});
}

}  // namespace csagg::pg
