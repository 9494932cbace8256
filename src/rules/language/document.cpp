#include "rules/language/document.hpp"

#include "grid/spec.hpp"
#include "rules/calendar/duration.hpp"

#include <algorithm>

namespace csagg {
namespace {

const char* type_name(JsonType type) {
    switch (type) {
        case JsonType::null: return "null";
        case JsonType::boolean: return "a boolean";
        case JsonType::number: return "a number";
        case JsonType::string: return "a string";
        case JsonType::array: return "an array";
        case JsonType::object: return "an object";
    }
    throw_corrupt("unknown JSON type");
}

std::string quoted(std::string_view text) { return "\"" + excerpt(text) + "\""; }

/// Reads the document's parts; every message says where.
class Reader {
public:
    explicit Reader(const Json& json) : json_(json) {}

    [[noreturn]] void fail(const JsonValue& at, const std::string& message, const std::string& hint = {},
                           Errc code = Errc::invalid_text) const {
        throw_at(json_.source(), at.at, code, message, hint);
    }
    void require(const JsonValue& value, JsonType type, const std::string& what) const {
        if (value.type != type) fail(value, what + " must be " + type_name(type) + ", not " + type_name(value.type));
    }
    std::string_view text(const JsonValue& value, const std::string& what) const {
        require(value, JsonType::string, what);
        if (value.text.empty()) fail(value, what + " is empty");
        if (value.text.size() > Document::max_name_bytes)
            fail(value, what + " has more than " + std::to_string(Document::max_name_bytes) + " bytes", {},
                 Errc::limit_exceeded);
        return value.text;
    }
    Number number(const JsonValue& value, const std::string& what) const {
        require(value, JsonType::number, what);
        return located(value, [&] { return Number::parse(value.text); });
    }
    bool boolean(const JsonValue& value, const std::string& what) const {
        require(value, JsonType::boolean, what);
        return value.truth;
    }
    Span duration(const JsonValue& value, const std::string& what) const {
        require(value, JsonType::string, what);
        return located(value, [&] { return parse_duration(value.text); });
    }
    Formula condition(const JsonValue& value, const std::string& what) const {
        require(value, JsonType::string, what);
        return {&value};
    }
    Formula formula(const JsonValue& value, const std::string& what) const {
        if (value.type == JsonType::number)
            number(value, what);
        else if (value.type != JsonType::string)
            fail(value, what + " must be a number or an expression in a string, not " + type_name(value.type));
        return {&value};
    }
    template <class F>
    void list(const JsonValue& value, const std::string& what, std::size_t limit, F f) const {
        require(value, JsonType::array, what);
        std::size_t n = 0;
        json_.for_elements(value, [&](const JsonValue& element) {
            if (n++ == limit)
                fail(element, what + " has more than " + std::to_string(limit) + " elements", {}, Errc::limit_exceeded);
            f(element);
        });
    }
    /// Runs f; its error gets the place in front.
    template <class F>
    auto located(const JsonValue& at, F f) const -> decltype(f()) {
        try {
            return f();
        } catch (const Error& e) {
            fail(at, e.what(), e.hint(), e.code());
        }
    }
    const Json& json() const { return json_; }

private:
    const Json& json_;
};

/// The members of one object, of which only the named ones may be there, each once.
template <std::size_t N>
class Members {
public:
    Members(const Reader& reader, const JsonValue& object, const char* what, const char* const (&names)[N]) {
        std::copy(names, names + N, names_);
        reader.require(object, JsonType::object, what);
        reader.json().for_members(object, [&](const JsonValue& name, const JsonValue& value) {
            const auto known = std::find(names, names + N, name.text);
            if (known == names + N) {
                std::string all;
                for (const char* n : names) all += (all.empty() ? "" : ", ") + std::string(n);
                reader.fail(name, std::string("unknown member ") + quoted(name.text) + " of " + what,
                            "Members are " + all + ".");
            }
            if (values_[known - names] != nullptr) reader.fail(name, "member " + quoted(name.text) + " is there twice");
            values_[known - names] = &value;
        });
        for (std::size_t i = 0; i < N; ++i)
            if (values_[i] == nullptr && names[i] == std::string_view("name"))
                reader.fail(object, std::string(what) + " has no \"name\"");
    }
    const JsonValue* operator[](std::string_view name) const {
        return values_[std::find(names_, names_ + N, name) - names_];
    }

private:
    std::string_view names_[N];
    const JsonValue* values_[N] = {};
};

template <class List>
void check_new_name(const Reader& reader, const List& list, const JsonValue& name, const char* what) {
    for (const auto& other : list)
        if (other.name == name.text)
            reader.fail(name, std::string("there are two ") + what + " named " + quoted(name.text));
}

Document::Fact read_fact(const Reader& reader, const JsonValue& name, const JsonValue& value) {
    reader.text(name, "the name of a fact");
    Document::Fact fact{name.text, FactKind::counter, false};
    const JsonValue* kind = &value;
    if (value.type == JsonType::object) {
        const Members members(reader, value, "a fact", {"kind", "optional"});
        kind = members["kind"];
        if (kind == nullptr) reader.fail(value, "fact has no \"kind\"");
        if (members["optional"] != nullptr) fact.optional = reader.boolean(*members["optional"], "\"optional\"");
    }
    const std::string_view word = reader.text(*kind, "the kind of a fact");
    fact.kind = reader.located(*kind, [&] { return fact_kind_named(word); });
    return fact;
}

Document::Definition read_definition(const Reader& reader, const Document& document, const JsonValue& value) {
    const Members members(reader, value, "a definition", {"name", "is"});
    Document::Definition definition{reader.text(*members["name"], "the name of a definition"), {}};
    check_new_name(reader, document.definitions, *members["name"], "definitions");
    for (const Document::Fact& fact : document.facts)
        if (fact.name == definition.name) reader.fail(*members["name"], "there is a fact named " + quoted(fact.name));
    if (members["is"] == nullptr) reader.fail(value, "definition " + quoted(definition.name) + " has no \"is\"");
    definition.is = reader.formula(*members["is"], "\"is\"");
    return definition;
}

Document::Stage read_stage(const Reader& reader, const Document& document, const JsonValue& value) {
    const Members members(reader, value, "a stage", {"name", "when"});
    Document::Stage stage{reader.text(*members["name"], "the name of a stage"), {}};
    check_new_name(reader, document.stages, *members["name"], "stages");
    if (!document.stages.empty() && !document.stages.back().when.given())
        reader.fail(value, "stage " + quoted(stage.name) + " is never reached",
                    "The stage before it has no \"when\", so it holds always: put it last.");
    if (members["when"] != nullptr) stage.when = reader.condition(*members["when"], "\"when\"");
    return stage;
}

std::string names_of(std::span<const Document::Stage> stages) {
    std::string names;
    for (const Document::Stage& stage : stages)
        if (names.size() < 150) names += (names.empty() ? "Stages are " : ", ") + quoted(stage.name);
    return names.empty() ? "Declare it in \"stages\"." : names + ".";
}

std::uint64_t read_stage_list(const Reader& reader, const Document& document, const JsonValue& value) {
    std::uint64_t set = 0;
    reader.list(value, "\"stages\"", Document::max_stages, [&](const JsonValue& element) {
        const std::string_view name = reader.text(element, "the name of a stage");
        std::size_t i = 0;
        while (i < document.stages.size() && document.stages[i].name != name) ++i;
        if (i == document.stages.size())
            reader.fail(element, "there is no stage " + quoted(name),
                        names_of({document.stages.data(), document.stages.size()}));
        if ((set >> i & 1) != 0) reader.fail(element, "stage " + quoted(name) + " is named twice");
        set |= std::uint64_t(1) << i;
    });
    if (set == 0) reader.fail(value, "\"stages\" is empty", "Leave it out for a rule that applies in every stage.");
    return set;
}

Method read_method(const Reader& reader, const JsonValue& value) {
    const std::string_view word = reader.text(value, "\"method\"");
    if (word == "sum") return Method::sum;
    if (word == "weighted mean") return Method::weighted_mean;
    reader.fail(value, "unknown method " + quoted(word), "Methods are \"sum\" and \"weighted mean\".");
}

/// In millionths.
std::int64_t read_weight(const Reader& reader, const Document& document, const JsonValue& value) {
    if (document.method != Method::weighted_mean)
        reader.fail(value, "a sum has no weights", "Say \"method\": \"weighted mean\", or give more points.");
    const Number weight = reader.number(value, "\"weight\"");
    if (weight < Number{} || Number::of(Document::max_weight / Document::whole_weight) < weight || weight.scale > 6)
        reader.fail(value, "\"weight\" must be from 0 to 1000000, with at most 6 digits behind the point",
                    "Weights are relative: 2 and 1 say the same as 200 and 100.", Errc::out_of_range);
    return weight.coefficient * power_of_ten[6 - weight.scale];
}

Document::Rule read_rule(const Reader& reader, const Document& document, const JsonValue& value) {
    const Members members(reader, value, "a rule", {"name", "stages", "when", "points", "weight", "missing"});
    Document::Rule rule{
        reader.text(*members["name"], "the name of a rule"), all_stages, {}, {}, Document::whole_weight, {}};
    check_new_name(reader, document.rules, *members["name"], "rules");
    if (members["stages"] != nullptr) rule.stages = read_stage_list(reader, document, *members["stages"]);
    if (members["when"] != nullptr) rule.when = reader.condition(*members["when"], "\"when\"");
    if (members["points"] == nullptr) reader.fail(value, "rule " + quoted(rule.name) + " has no \"points\"");
    rule.points = reader.formula(*members["points"], "\"points\"");
    if (members["weight"] != nullptr) rule.weight = read_weight(reader, document, *members["weight"]);
    if (members["missing"] != nullptr) rule.missing = reader.number(*members["missing"], "\"missing\"");
    return rule;
}

Document::Band read_band(const Reader& reader, const Document& document, const JsonValue& value) {
    const Members members(reader, value, "a band", {"name", "from"});
    Document::Band band{reader.text(*members["name"], "the name of a band"), {}};
    check_new_name(reader, document.bands, *members["name"], "bands");
    if (members["from"] != nullptr) band.from = reader.number(*members["from"], "\"from\"");
    if (document.bands.empty()) return band;
    if (!band.from)
        reader.fail(value, "band " + quoted(band.name) + " has no \"from\"", "Only the lowest band goes without.");
    if (document.bands.back().from && *band.from <= *document.bands.back().from)
        reader.fail(*members["from"], "bands are out of order", "Their \"from\" must increase.");
    return band;
}

Document::Alert read_alert(const Reader& reader, const Document& document, const JsonValue& value) {
    const Members members(reader, value, "an alert", {"name", "when", "for", "keep_firing_for"});
    Document::Alert alert{reader.text(*members["name"], "the name of an alert"), {}, {}, {}};
    check_new_name(reader, document.alerts, *members["name"], "alerts");
    if (members["when"] == nullptr) reader.fail(value, "alert " + quoted(alert.name) + " has no \"when\"");
    alert.when = reader.condition(*members["when"], "\"when\"");
    if (members["for"] != nullptr) alert.hold = reader.duration(*members["for"], "\"for\"");
    if (members["keep_firing_for"] != nullptr)
        alert.keep = reader.duration(*members["keep_firing_for"], "\"keep_firing_for\"");
    return alert;
}

}  // namespace

Document::Document(const Json& json, Arena& arena)
    : facts(arena), definitions(arena), stages(arena), rules(arena), bands(arena), alerts(arena) {
    const Reader reader(json);
    const Members members(reader, json.root(), "a rule set",
                          {"timezone", "optional", "facts", "define", "stages", "exists", "method", "base", "min",
                           "max", "override", "rules", "bands", "alerts"});
    if (members["timezone"] == nullptr)
        reader.fail(json.root(), "rule set has no \"timezone\"",
                    "Say whose days count, as in \"timezone\": \"Asia/Tokyo\".");
    reader.text(*members["timezone"], "\"timezone\"");
    timezone = members["timezone"];
    if (members["optional"] != nullptr) optional = reader.boolean(*members["optional"], "\"optional\"");

    if (members["facts"] != nullptr) {
        reader.require(*members["facts"], JsonType::object, "\"facts\"");
        json.for_members(*members["facts"], [&](const JsonValue& name, const JsonValue& value) {
            if (facts.size() == max_list)
                reader.fail(name, "more than " + std::to_string(max_list) + " facts", {}, Errc::limit_exceeded);
            check_new_name(reader, facts, name, "facts");
            facts.push_back(read_fact(reader, name, value));
        });
        std::sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) { return a.name < b.name; });
    }
    if (const JsonValue* list = members["define"])
        reader.list(*list, "\"define\"", max_list,
                    [&](const JsonValue& v) { definitions.push_back(read_definition(reader, *this, v)); });
    if (const JsonValue* list = members["stages"])
        reader.list(*list, "\"stages\"", max_stages,
                    [&](const JsonValue& v) { stages.push_back(read_stage(reader, *this, v)); });
    if (members["exists"] != nullptr) exists = reader.condition(*members["exists"], "\"exists\"");
    if (members["method"] != nullptr) method = read_method(reader, *members["method"]);
    if (members["base"] != nullptr) base = reader.number(*members["base"], "\"base\"");
    if (members["base"] != nullptr && method == Method::weighted_mean)
        reader.fail(*members["base"], "a weighted mean has no \"base\"",
                    "Give it as the points of a rule with a weight.");
    if (members["min"] != nullptr) min = reader.number(*members["min"], "\"min\"");
    if (members["max"] != nullptr) max = reader.number(*members["max"], "\"max\"");
    if (min && max && *max < *min) reader.fail(*members["max"], "\"max\" is less than \"min\"");
    if (members["override"] != nullptr) {
        const Members pin(reader, *members["override"], "an override", {"when", "score"});
        if (pin["when"] == nullptr || pin["score"] == nullptr)
            reader.fail(*members["override"], "an override needs \"when\" and \"score\"");
        override_when = reader.condition(*pin["when"], "\"when\"");
        override_score = reader.formula(*pin["score"], "\"score\"");
    }
    if (const JsonValue* list = members["rules"])
        reader.list(*list, "\"rules\"", max_list,
                    [&](const JsonValue& v) { rules.push_back(read_rule(reader, *this, v)); });
    if (const JsonValue* list = members["bands"])
        reader.list(*list, "\"bands\"", max_list,
                    [&](const JsonValue& v) { bands.push_back(read_band(reader, *this, v)); });
    if (const JsonValue* list = members["alerts"])
        reader.list(*list, "\"alerts\"", max_list,
                    [&](const JsonValue& v) { alerts.push_back(read_alert(reader, *this, v)); });
}

namespace {

/// Writes objects and lists with their separators.
class Printer {
public:
    explicit Printer(String& out) : out_(out) {}

    void open(char bracket) {
        out_.push_back(bracket);
        first_ = true;
    }
    void close(char bracket) {
        out_.push_back(bracket);
        first_ = false;
    }
    void element() {
        if (!first_) out_ += ", ";
        first_ = false;
    }
    void name(std::string_view name) {
        element();
        print_quoted(name, out_);
        out_ += ": ";
    }
    void text(std::string_view member, std::string_view value) {
        name(member);
        print_quoted(value, out_);
    }
    void number(std::string_view member, const Number& value) {
        name(member);
        print_value(Value::of(value), out_);
    }
    void duration(std::string_view member, const std::optional<Span>& value) {
        if (!value) return;
        name(member);
        out_.push_back('"');
        print_span(*value, out_);
        out_.push_back('"');
    }
    void formula(std::string_view member, const Formula& value) {
        if (!value.given()) return;
        if (value.value->type == JsonType::number)
            number(member, Number::parse(value.value->text));
        else
            text(member, value.value->text);
    }
    template <class List, class F>
    void list(std::string_view member, const List& list, F f) {
        if (list.empty()) return;
        name(member);
        open('[');
        for (const auto& value : list) {
            element();
            open('{');
            text("name", value.name);
            f(value);
            close('}');
        }
        close(']');
    }
    void truth(std::string_view member) {
        name(member);
        out_ += "true";
    }

private:
    String& out_;
    bool first_ = true;
};

}  // namespace

void Document::print(String& out) const {
    Printer p(out);
    p.open('{');
    p.text("timezone", timezone->text);
    if (optional) p.truth("optional");
    if (!facts.empty()) {
        p.name("facts");
        p.open('{');
        for (const Fact& fact : facts) {
            if (!fact.optional) {
                p.text(fact.name, kind_name(fact.kind));
                continue;
            }
            p.name(fact.name);
            p.open('{');
            p.text("kind", kind_name(fact.kind));
            p.truth("optional");
            p.close('}');
        }
        p.close('}');
    }
    p.list("define", definitions, [&](const Definition& definition) { p.formula("is", definition.is); });
    p.list("stages", stages, [&](const Stage& stage) { p.formula("when", stage.when); });
    p.formula("exists", exists);
    if (method == Method::weighted_mean) p.text("method", "weighted mean");
    if (base != Number{}) p.number("base", base);
    if (min) p.number("min", *min);
    if (max) p.number("max", *max);
    if (override_when.given()) {
        p.name("override");
        p.open('{');
        p.formula("when", override_when);
        p.formula("score", override_score);
        p.close('}');
    }
    p.list("rules", rules, [&](const Rule& rule) {
        if (rule.stages != all_stages) {
            p.name("stages");
            p.open('[');
            for (std::size_t i = 0; i < stages.size(); ++i) {
                if ((rule.stages >> i & 1) == 0) continue;
                p.element();
                print_quoted(stages[i].name, out);
            }
            p.close(']');
        }
        p.formula("when", rule.when);
        p.formula("points", rule.points);
        if (rule.weight != whole_weight) p.number("weight", Number::normalized(rule.weight, 6));
        // In a sum nothing is as good as 0.
        if (rule.missing && (method == Method::weighted_mean || *rule.missing != Number{}))
            p.number("missing", *rule.missing);
    });
    p.list("bands", bands, [&](const Band& band) {
        if (band.from) p.number("from", *band.from);
    });
    p.list("alerts", alerts, [&](const Alert& alert) {
        p.formula("when", alert.when);
        p.duration("for", alert.hold);
        p.duration("keep_firing_for", alert.keep);
    });
    p.close('}');
}

}  // namespace csagg
