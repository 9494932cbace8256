// The first byte chooses: text, two numbers, or a list of summands that are also written and read.
#include "value/number_twin.hpp"

#include <cstdlib>
#include <cstring>

namespace csagg {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// Whether the bytes come from outside: what is read must be written again with the same bytes.
template <int Words>
void check_bytes(ByteSpan input) {
    Arena& arena = *std::pmr::new_delete_resource();
    ByteReader reader(input);
    WideDecimal<Words> value;
    try {
        value = WideDecimal<Words>::read(reader);
    } catch (const Error& error) {
        require(error.code() == Errc::corrupt);
        return;
    }
    Bytes written{Alloc<Byte>(arena)};
    ByteWriter writer(written);
    value.write(writer);
    const ByteSpan consumed = input.first(input.size() - reader.left());
    require(as_text(consumed) == as_text({written.data(), written.size()}));
    String text{Alloc<char>(arena)};
    value.print(text);
    require(std::string_view(text.data(), text.size()) == twin::print(twin::fraction(value)));
    require(twin::in_range([&] { return value.to_number(); }) == twin::round(twin::fraction(value)));
}

void check_text(ByteSpan input) {
    if (input.size() > 300) return;
    const std::string text(as_text(input));
    const twin::Parsed expected = twin::parse(text);
    Number number;
    try {
        number = Number::parse(text);
    } catch (const Error& error) {
        require(error.code() == (expected.readable ? Errc::out_of_range : Errc::invalid_text));
        require(!expected.number.has_value());
        return;
    }
    require(expected.readable && number == expected.number);
    char buffer[48];
    const std::size_t length = print(number, buffer);
    require(length <= 39 && Number::parse({buffer, length}) == number);
    require(std::string_view(buffer, length) == twin::print(twin::fraction(number)));
    require(number.to_double() == std::strtod(std::string(buffer, length).c_str(), nullptr));
}

constexpr std::size_t number_size = 9;

Number take_number(ByteReader& in) {
    const auto coefficient = in.fixed<std::int64_t>() % power_of_ten[18];
    const Byte shape = in.u8();  // fewer digits are more interesting
    return Number::normalized(coefficient / power_of_ten[shape % 3 == 0 ? 0 : shape / 3 % 18], shape % 37);
}

void check_arithmetic(ByteReader& in) {
    const Number a = take_number(in);
    const Number b = take_number(in);
    const auto x = twin::fraction(a);
    const auto y = twin::fraction(b);
    require(twin::in_range([&] { return a + b; }) == twin::round(x + y));
    require(twin::in_range([&] { return a - b; }) == twin::round(x - y));
    require(twin::in_range([&] { return a * b; }) == twin::round(x * y));
    if (b != Number{}) require(twin::in_range([&] { return divide(a, b); }) == twin::round(x / y));
    require((a <=> b) == twin::order(x, y));
    const int digits = 1 + static_cast<int>(magnitude_of(b.coefficient) % 18);
    require(twin::in_range([&] { return a.rounded_to_digits(digits); }) == twin::round(x, digits));
    double floating = 0;
    std::memcpy(&floating, &a.coefficient, sizeof floating);
    const auto from = twin::in_range([&] { return Number::from(floating); });
    require(!from || floating == 0 || from->to_double() == floating || floating * floating < 1e-30);
}

void check_sums(ByteReader& in) {
    Wide sum;
    WideSquare squares;
    twin::Fraction exact{0};
    twin::Fraction exact_squares{0};
    while (in.left() >= number_size + 4) {
        const Number number = take_number(in);
        const std::int64_t times = in.fixed<std::int32_t>() >> 3 << (number.scale % 8);
        if (times % 5 == 1) sum.normalize();
        if (times % 5 == 2) {
            Wide part;
            part.add(number, times);
            part.add(sum);
            sum = part;
        } else {
            sum.add(number, times);
        }
        squares.add_square(number, times);
        const twin::Fraction factor{twin::BigInt(times)};
        exact = exact + twin::fraction(number) * factor;
        exact_squares = exact_squares + twin::fraction(number) * twin::fraction(number) * factor;
        if (exact.under > twin::power(300)) break;
    }
    require(twin::order(twin::fraction(sum), exact) == 0);
    require(twin::order(twin::fraction(squares), exact_squares) == 0);
    const std::int64_t n = in.left() > 0 ? in.u8() + 1 : 7;
    const twin::Fraction divisor{twin::BigInt(n)};
    require(twin::in_range([&] { return divide_rounded(sum, n); }) == twin::round(exact / divisor));
    require(twin::in_range([&] { return divide_rounded(squares, n); }) == twin::round(exact_squares / divisor));

    Bytes written{Alloc<Byte>(*std::pmr::new_delete_resource())};
    ByteWriter writer(written);
    sum.write(writer);
    ByteReader reader({written.data(), written.size()});
    sum.normalize();
    require(Wide::read(reader) == sum && reader.left() == 0);
    check_bytes<4>({written.data(), written.size()});
    written.clear();
    squares.write(writer);
    check_bytes<8>({written.data(), written.size()});
}

}  // namespace
}  // namespace csagg

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace csagg;
    if (size == 0) return 0;
    const ByteSpan input{data + 1, size - 1};
    ByteReader reader(input);
    switch (data[0]) {
        case 'a':
            if (input.size() >= 2 * number_size) check_arithmetic(reader);
            break;
        case 's':
            if (input.size() <= 400) check_sums(reader);
            break;
        case 'w': check_bytes<4>(input); break;
        case 'q': check_bytes<8>(input); break;
        default: check_text({data, size}); break;
    }
    return 0;
}
