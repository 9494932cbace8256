#include "population/population_text.hpp"

#include "base/interrupt.hpp"
#include "base/scanner.hpp"

namespace csagg {
namespace {

const char* kind_or_unknown(const Stored& stored, std::size_t member) {
    return stored.kind_known(member) ? kind_name(stored.kind(member)) : "unknown";
}

void print_kinds(const Stored& stored, String& out) {
    if (stored.form() == Form::summary) return;
    if (stored.form() != Form::joint) {
        if (!stored.kind_known(0)) return;
        out += " of ";
        out += kind_name(stored.kind(0));
        return;
    }
    if (stored.arity() == 0) return;
    for (std::size_t m = 0; m < stored.arity(); ++m) {
        out += m == 0 ? " of (" : ", ";
        out += kind_or_unknown(stored, m);
    }
    out.push_back(')');
}

void print_members(const Stored& stored, std::span<const std::uint32_t> members, String& out) {
    const bool joint = stored.form() == Form::joint;
    if (joint) out.push_back('(');
    for (std::size_t m = 0; m < members.size(); ++m) {
        if (m > 0) out += joint ? ", " : " -> ";
        print_literal(stored.values()[members[m]], out);
    }
    if (joint) out.push_back(')');
}

void print_json_members(const Stored& stored, std::span<const std::uint32_t> members, String& out) {
    auto value = [&](std::size_t m) { print_json(stored.values()[members[m]], out); };
    if (stored.form() == Form::joint) {
        out += "\"members\": [";
        for (std::size_t m = 0; m < members.size(); ++m) {
            if (m > 0) out += ", ";
            value(m);
        }
        out.push_back(']');
    } else if (stored.form() == Form::flows) {
        out += "\"from\": ";
        value(0);
        out += ", \"to\": ";
        value(1);
    } else {
        out += "\"value\": ";
        value(0);
    }
}

void print_json_head(const Stored& stored, std::string_view grid, String& out) {
    out += "{\"type\": ";
    print_quoted(form_name(stored.form()), out);
    auto kind = [&](std::size_t m) {
        if (stored.kind_known(m))
            print_quoted(kind_name(stored.kind(m)), out);
        else
            out += "null";
    };
    if (stored.form() == Form::joint) {
        out += ", \"kinds\": [";
        for (std::size_t m = 0; m < stored.arity(); ++m) {
            if (m > 0) out += ", ";
            kind(m);
        }
        out.push_back(']');
    } else {
        out += ", \"kind\": ";
        kind(0);
    }
    out += ", \"grid\": ";
    print_quoted(grid, out);
}

}  // namespace

void print_population(const Stored& stored, std::size_t buckets, std::string_view grid, String& out) {
    out += form_name(stored.form());
    print_kinds(stored, out);
    out += " over ";
    out.append(grid.data(), grid.size());
    out += " {";
    Stored::Reader in = stored.read(buckets);
    for (std::size_t c = 0; c < stored.columns(); ++c) {
        if (c % 1024 == 1023) check_interrupts();
        if (c > 0) out += ", ";
        const std::size_t n = in.next_column();
        print_members(stored, in.members(), out);
        out += " =";
        for (std::size_t i = 0; i < n; ++i) {
            const Change change = in.next_change();
            out += change.delta < 0 ? " " : " +";
            print_integer(change.delta, out);
            out.push_back('@');
            print_integer(change.bucket, out);
        }
    }
    out.push_back('}');
    if (stored.form() != Form::summary) return;
    out += " sums {";
    const std::size_t moments = in.moments();
    for (std::size_t i = 0; i < moments; ++i) {
        const Moment moment = in.next_moment();
        if (i > 0) out += ", ";
        print_integer(std::int64_t(moment.bucket), out);
        out += " = ";
        moment.sum.print(out);
        out.push_back(' ');
        moment.squares.print(out);
    }
    out.push_back('}');
}

void print_population_json(const Stored& stored, std::size_t buckets, std::string_view grid, String& out) {
    print_json_head(stored, grid, out);
    out += stored.form() == Form::flows ? ", \"moves\": [" : ", \"values\": [";
    Stored::Reader in = stored.read(buckets);
    for (std::size_t c = 0; c < stored.columns(); ++c) {
        if (c % 1024 == 1023) check_interrupts();
        out += c > 0 ? ", {" : "{";
        const std::size_t n = in.next_column();
        print_json_members(stored, in.members(), out);
        out += stored.form() == Form::flows ? ", \"counts\": [" : ", \"changes\": [";
        for (std::size_t i = 0; i < n; ++i) {
            const Change change = in.next_change();
            out += i > 0 ? ", [" : "[";
            print_integer(change.bucket, out);
            out += ", ";
            print_integer(change.delta, out);
            out.push_back(']');
        }
        out += "]}";
    }
    out.push_back(']');
    if (stored.form() == Form::summary) {
        out += ", \"sums\": [";
        const std::size_t moments = in.moments();
        for (std::size_t i = 0; i < moments; ++i) {
            const Moment moment = in.next_moment();
            out += i > 0 ? ", [" : "[";
            print_integer(std::int64_t(moment.bucket), out);
            out += ", ";
            moment.sum.print(out);
            out += ", ";
            moment.squares.print(out);
            out.push_back(']');
        }
        out.push_back(']');
    }
    out.push_back('}');
}

}  // namespace csagg
