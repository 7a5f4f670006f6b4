// Strings from integers and integers from strings, which <string> leaves to the library. On <charconv>.
//
// Of floating point there is nothing here: neither is there in libc++'s <charconv> for kernels.
//
// Reference: C++ standard, "Numeric conversions", [string.conversions]; C standard, "The strtol family".
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace std {
inline namespace __pith {
namespace {

template <typename Integer>
string written(Integer number) {
    array<char, numeric_limits<Integer>::digits10 + 2> buffer{};
    auto const end = to_chars(buffer.begin(), buffer.end(), number).ptr;
    return string(buffer.begin(), end);
}

bool has_hexadecimal_prefix(string_view text) { return text.starts_with("0x") || text.starts_with("0X"); }

// As strtol: white space, a sign, the prefix of the base, digits. Base 0 is what the prefix says. `used`
// becomes the number of letters read.
template <typename Integer>
Integer parsed(string const& text, size_t* used, int base) {
    string_view rest = text;
    rest.remove_prefix(min(rest.find_first_not_of(" \t\n\v\f\r"), rest.size()));
    bool const is_negative = rest.starts_with('-');
    if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
    bool const is_prefixed = (base == 0 || base == 16) && has_hexadecimal_prefix(rest);
    if (base == 0) base = is_prefixed ? 16 : (rest.starts_with('0') ? 8 : 10);
    if (is_prefixed) rest.remove_prefix(2);

    unsigned long long size = 0;
    auto const [end, error] = from_chars(rest.begin(), rest.end(), size, base);
    if (error == errc::invalid_argument) __throw_invalid_argument("there is no number in the string");
    // In 128 bits nothing is lost: what does not come back from the integer did not fit.
    auto const exact   = is_negative ? -static_cast<__int128>(size) : static_cast<__int128>(size);
    auto const number  = static_cast<Integer>(is_negative ? -size : size);
    bool const is_kept = number == exact || (!numeric_limits<Integer>::is_signed && is_negative);
    if (error == errc::result_out_of_range || !is_kept)
        __throw_out_of_range("the number in the string is too large");
    if (used != nullptr) *used = static_cast<size_t>(end - text.data());
    return number;
}

}  // namespace

string to_string(int number) { return written(number); }
string to_string(unsigned number) { return written(number); }
string to_string(long number) { return written(number); }
string to_string(unsigned long number) { return written(number); }
string to_string(long long number) { return written(number); }
string to_string(unsigned long long number) { return written(number); }

int stoi(string const& text, size_t* used, int base) { return parsed<int>(text, used, base); }
long stol(string const& text, size_t* used, int base) { return parsed<long>(text, used, base); }
long long stoll(string const& text, size_t* used, int base) { return parsed<long long>(text, used, base); }
unsigned long stoul(string const& text, size_t* used, int base) {
    return parsed<unsigned long>(text, used, base);
}
unsigned long long stoull(string const& text, size_t* used, int base) {
    return parsed<unsigned long long>(text, used, base);
}

}  // namespace __pith
}  // namespace std
