#include "value/instant.hpp"

#include "base/error.hpp"

namespace csagg {
namespace {

struct Civil {
    std::int64_t year;  // astronomical: 0 is 1 BC
    unsigned month;
    unsigned day;
};

// Days are counted in eras of 400 years that begin on 1 March, so that the leap day comes last.
// Method: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr std::int64_t days_per_era = 146'097;
constexpr std::int64_t era_origin = 730'425;  // days from 0000-03-01 to 2000-01-01

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

Civil civil_of(std::int64_t days) {
    const std::int64_t shifted = days + era_origin;
    const std::int64_t era = floor_div(shifted, days_per_era);
    const auto day_of_era = static_cast<unsigned>(shifted - era * days_per_era);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned march_month = (5 * day_of_year + 2) / 153;
    const unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
    return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
            day_of_year - (153 * march_month + 2) / 5 + 1};
}

std::int64_t days_of(const Civil& c) {
    const std::int64_t year = c.year - (c.month <= 2 ? 1 : 0);
    const std::int64_t era = floor_div(year, 400);
    const auto year_of_era = static_cast<unsigned>(year - era * 400);
    const unsigned day_of_year = (153 * (c.month > 2 ? c.month - 3 : c.month + 9) + 2) / 5 + c.day - 1;
    const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + static_cast<std::int64_t>(day_of_era) - era_origin;
}

unsigned days_in_month(std::int64_t year, unsigned month) {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

void print_digits(std::int64_t v, int width, String& out) {
    char buffer[20];
    int n = 0;
    do buffer[n++] = static_cast<char>('0' + v % 10);
    while ((v /= 10) != 0);
    for (int i = n; i < width; ++i) out.push_back('0');
    while (n > 0) out.push_back(buffer[--n]);
}

/// Prints the date; true when the year is BC and the caller owes the suffix.
bool print_civil(std::int64_t days, String& out) {
    const Civil c = civil_of(days);
    const bool bc = c.year <= 0;
    print_digits(bc ? 1 - c.year : c.year, 4, out);
    out.push_back('-');
    print_digits(c.month, 2, out);
    out.push_back('-');
    print_digits(c.day, 2, out);
    return bc;
}

[[noreturn]] void throw_unreadable(std::string_view what, std::string_view text) {
    throw Error(Errc::invalid_text, "cannot read " + std::string(what) + " at \"" + excerpt(text) + "\"",
                "Write it as in 2025-01-31 09:30:00+00.");
}

class Scanner {
public:
    Scanner(std::string_view& text, const char* what) : text_(text), whole_(text), what_(what) {}

    bool accept(std::string_view token) {
        if (!text_.starts_with(token)) return false;
        text_.remove_prefix(token.size());
        return true;
    }
    void expect(std::string_view token) {
        if (!accept(token)) fail();
    }
    bool at_digit(std::size_t i = 0) const { return text_.size() > i && text_[i] >= '0' && text_[i] <= '9'; }
    std::int64_t digits(std::size_t at_least, std::size_t at_most) {
        std::int64_t v = 0;
        std::size_t n = 0;
        for (; n < at_most && at_digit(); ++n) {
            v = v * 10 + (text_[0] - '0');
            text_.remove_prefix(1);
        }
        if (n < at_least) fail();
        return v;
    }
    bool accept_bc() { return accept(" BC"); }
    [[noreturn]] void fail() const { throw_unreadable(what_, whole_); }

    Civil civil() {
        Civil c{};
        c.year = digits(4, 7);
        expect("-");
        c.month = static_cast<unsigned>(digits(2, 2));
        expect("-");
        c.day = static_cast<unsigned>(digits(2, 2));
        return c;
    }
    std::int64_t days(Civil c, bool bc) const {
        if (c.year == 0) fail();
        if (bc) c.year = 1 - c.year;
        if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(c.year, c.month)) fail();
        return days_of(c);
    }
    std::int64_t time_of_day() {
        const std::int64_t hours = digits(2, 2);
        expect(":");
        const std::int64_t minutes = digits(2, 2);
        std::int64_t micros = 0;
        if (accept(":")) {
            const std::int64_t seconds = digits(2, 2);
            if (seconds > 59) fail();
            micros = seconds * micros_per_second;
            if (accept(".")) {
                if (!at_digit()) fail();
                for (std::int64_t unit = 100'000; at_digit(); unit /= 10) {
                    const std::int64_t digit = digits(1, 1);
                    if (unit == 0 && digit != 0) fail();
                    micros += digit * unit;
                }
            }
        }
        if (hours > 24 || minutes > 59 || (hours == 24 && (minutes != 0 || micros != 0))) fail();
        return (hours * 60 + minutes) * 60 * micros_per_second + micros;
    }
    std::int64_t offset() {
        if (accept("Z")) return 0;
        const bool east = text_.starts_with('+');
        if (!east && !text_.starts_with('-')) return 0;
        text_.remove_prefix(1);
        std::int64_t seconds = digits(2, 2) * 3600;
        if (accept(":")) {
            const std::int64_t minutes = digits(2, 2);
            if (minutes > 59) fail();
            seconds += minutes * 60;
        }
        if (seconds >= 16 * 3600) fail();
        return (east ? seconds : -seconds) * micros_per_second;
    }

private:
    std::string_view& text_;
    std::string_view whole_;
    const char* what_;
};

}  // namespace

void throw_instant_out_of_range(Instant at) {
    if (at == plus_infinity)
        throw Error(Errc::datetime_overflow, "an entry cannot be at infinity", "-infinity is allowed: since ever.");
    throw Error(Errc::datetime_overflow, "timestamp out of range");
}

void throw_after_end_of_time(const char* what, Instant at) {
    String text(*std::pmr::new_delete_resource());
    print_instant(at, text);
    throw Error(Errc::datetime_overflow,
                what + std::string(" ").append(text) + " ends after the end of time, 294276-12-31");
}

void print_instant(Instant at, String& out) {
    if (at == minus_infinity || at == plus_infinity) {
        out += at == minus_infinity ? "-infinity" : "infinity";
        return;
    }
    const std::int64_t days = floor_div(at, micros_per_day);
    std::int64_t rest = at - days * micros_per_day;
    const bool bc = print_civil(days, out);
    const std::int64_t seconds = rest / micros_per_second;
    out.push_back(' ');
    print_digits(seconds / 3600, 2, out);
    out.push_back(':');
    print_digits(seconds / 60 % 60, 2, out);
    out.push_back(':');
    print_digits(seconds % 60, 2, out);
    if (std::int64_t fraction = rest % micros_per_second; fraction != 0) {
        int width = 6;
        for (; fraction % 10 == 0; --width) fraction /= 10;
        out.push_back('.');
        print_digits(fraction, width, out);
    }
    out += bc ? "+00 BC" : "+00";
}

void print_date(Date date, String& out) {
    if (date == minus_infinity_date || date == plus_infinity_date)
        out += date == minus_infinity_date ? "-infinity" : "infinity";
    else if (print_civil(date, out))
        out += " BC";
}

Instant parse_instant(std::string_view& text) {
    Scanner in(text, "an instant");
    if (in.accept("-infinity")) return minus_infinity;
    if (in.accept("infinity")) return plus_infinity;
    const Civil c = in.civil();
    std::int64_t time = 0;
    // 'T' or a blank, and a digit behind it: else the blank belongs to what follows the date.
    if (text.size() > 1 && (text[0] == 'T' || text[0] == ' ') && in.at_digit(1)) {
        text.remove_prefix(1);
        time = in.time_of_day();
    }
    const std::int64_t offset = in.offset();
    const std::int64_t days = in.days(c, in.accept_bc());
    if (days > last_instant / micros_per_day + 2 || days < first_instant / micros_per_day - 2)
        throw Error(Errc::datetime_overflow, "timestamp out of range");
    Instant at = 0;
    if (__builtin_mul_overflow(days, micros_per_day, &at) || __builtin_add_overflow(at, time - offset, &at) ||
        at < first_instant || at > last_instant)
        throw Error(Errc::datetime_overflow, "timestamp out of range");
    return at;
}

Date parse_date(std::string_view& text) {
    Scanner in(text, "a date");
    if (in.accept("-infinity")) return minus_infinity_date;
    if (in.accept("infinity")) return plus_infinity_date;
    const Civil c = in.civil();
    const std::int64_t days = in.days(c, in.accept_bc());
    if (days < first_date || days > last_date) throw Error(Errc::datetime_overflow, "date out of range");
    return static_cast<Date>(days);
}

}  // namespace csagg
