#include "rules/instant/facts.hpp"

namespace csagg {
namespace {

[[noreturn]] void throw_kind(const Document::Fact& fact, const char* found) {
    throw Error(Errc::kind_mismatch, "fact \"" + excerpt(fact.name) + "\" is declared as " + kind_name(fact.kind) +
                                         " but given as " + found);
}

/// The text as a value of the kind; absent when it is none.
Value read_as(Kind kind, std::string_view text) {
    try {
        const Value value = kind == Kind::date ? Value::of_date(parse_date(text)) : Value::of_time(parse_instant(text));
        return text.empty() ? value : Value::none(kind);
    } catch (const Error&) {
        return Value::none(kind);
    }
}

bool is_readable(Kind from, Kind to) {
    return from == to || (from == Kind::text && (to == Kind::date || to == Kind::time));
}

}  // namespace

Facts::Facts(std::span<const Document::Fact> declared, std::span<const FactInput> inputs,
             std::span<const Wanted> wanted, Arena& arena, const Sight* sight)
    : places_(arena), states_(arena), counters_(arena) {
    const auto present = sight != nullptr ? std::optional(sight->now()) : std::nullopt;
    for (std::size_t i = 0; i < declared.size(); ++i) {
        const bool counter = declared[i].kind == FactKind::counter;
        places_.push_back(std::uint32_t(counter ? counters_.size() : states_.size()));
        if (wanted[i] == Wanted::nothing) continue;
        if (counter)
            read_counter(declared[i], inputs[i], sight != nullptr ? sight->stretch_of(i) : Stretch{}, arena);
        else
            read_state(declared[i], inputs[i], wanted[i] == Wanted::present ? present : std::nullopt, arena);
    }
}

void Facts::set_figures(const Figures& figures, Instant until) {
    has_figures_ = true;
    for (const Steps* steps : {&figures.score, &figures.band, &figures.stage, &figures.coverage})
        add_figure(*steps, until);
}

void Facts::add_figure(const Steps& steps, Instant until) {
    places_.push_back(std::uint32_t(states_.size()));
    StateData& data = states_.emplace_back(places_.get_stored_allocator().arena());
    for (const Entry& entry : steps.entries)
        if (entry.at < until) data.runs.push_back({entry.at, entry.value});
}

void Facts::read_state(const Document::Fact& fact, const FactInput& input, std::optional<Instant> only_at,
                       Arena& arena) {
    StateData& data = states_.emplace_back(arena);
    const Kind kind = state_kind(fact.kind);
    auto append = [&](Instant at, Value value) {
        if (value.absent)
            value.kind = kind;
        else if (value.kind != kind)
            value = read_as(kind, value.text);
        if (data.runs.empty() ? value.absent && data.known_from == minus_infinity : same(data.runs.back().value, value))
            return;
        data.runs.push_back({at, value});
    };
    switch (input.form) {
        case FactInput::Form::missing: data.known_from = input.known_from; break;
        case FactInput::Form::plain:
            if (!input.value.absent && !is_readable(input.value.kind, kind))
                throw_kind(fact, kind_name(input.value.kind));
            append(minus_infinity, input.value);
            break;
        case FactInput::Form::timeline: {
            const Timeline timeline(input.bytes);
            if (!is_readable(timeline.kind(), kind)) throw_kind(fact, kind_name(timeline.kind()));
            data.known_from = timeline.known_from();
            if (only_at) {
                const Found found = find_value(timeline, *only_at);
                if (found.any) append(found.since, found.value);
                break;
            }
            Instant previous = minus_infinity;
            for (std::size_t b = 0; b < timeline.blocks(); ++b) {
                TimelineBlock block = timeline.block(b);
                block.decode(true);
                if (block.instants().front() <= previous && b > 0) throw_corrupt("instants are not increasing");
                previous = block.instants().back();
                for (std::size_t i = 0; i < block.size(); ++i)
                    append(block.instants()[i], block.value_of(i, block.words()[i], timeline.dictionary()));
            }
            break;
        }
        case FactInput::Form::counter: throw_kind(fact, "counter");
    }
    if (!data.runs.empty()) first_entry_ = std::min(first_entry_, data.runs.front().at);
}

void Facts::read_counter(const Document::Fact& fact, const FactInput& input, const Stretch& stretch, Arena& arena) {
    if (input.form == FactInput::Form::timeline || (input.form == FactInput::Form::plain && !input.value.absent))
        throw_kind(fact, input.form == FactInput::Form::plain ? "a plain value" : "timeline");
    const CounterColumns& counter =
        input.form == FactInput::Form::counter
            ? counters_.emplace_back(input.bytes, arena, stretch)
            : counters_.emplace_back(input.form == FactInput::Form::missing ? input.known_from : minus_infinity, arena);
    if (counter.forgotten()) first_entry_ = std::min(first_entry_, counter.known_from());
    if (counter.size() > 0) first_entry_ = std::min(first_entry_, counter.first());
}

}  // namespace csagg
