// The headers of C.
#include "cpu/hidden.hpp"
#include "suites.hpp"

#include <array>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cinttypes>
#include <climits>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

// NOLINTBEGIN(modernize-deprecated-headers): that they are there, too, is what is tested.
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// NOLINTEND(modernize-deprecated-headers)

using namespace pith;
using cpu::hidden;
using testing::check;
using testing::check_equal;

namespace {

void an_assertion_that_holds_not() {
    assert(hidden(2) == 2);
    assert(hidden(2) == 3);
}

void cctype() {
    std::array<int, 8> counts{};
    for (int letter = 0; letter < 256; ++letter) {
        counts[0] += std::isalpha(letter) != 0 ? 1 : 0;
        counts[1] += std::isdigit(letter) != 0 ? 1 : 0;
        counts[2] += std::isxdigit(letter) != 0 ? 1 : 0;
        counts[3] += std::isspace(letter) != 0 ? 1 : 0;
        counts[4] += std::ispunct(letter) != 0 ? 1 : 0;
        counts[5] += std::isprint(letter) != 0 ? 1 : 0;
        counts[6] += std::iscntrl(letter) != 0 ? 1 : 0;
        counts[7] += std::toupper(letter) != letter ? 1 : 0;
    }
    check((counts == std::array{52, 10, 22, 6, 32, 95, 33, 26}));
    check(std::tolower(hidden('Q')) == 'q' && std::tolower(hidden('1')) == '1' &&
          std::toupper(hidden('z')) == 'Z');
    check(std::isalnum(hidden('7')) != 0 && std::isgraph(hidden(' ')) == 0 &&
          std::isblank(hidden('\t')) != 0);
    check(std::islower(hidden('a')) != 0 && std::isupper(hidden('a')) == 0);
}

void cerrno() {
    check(hidden(ENOENT) == 2 && ERANGE == 34);
    check(static_cast<int>(std::errc::invalid_argument) == hidden(EINVAL));
}

void cinttypes() {
    check_equal(std::string_view{"%" PRIu64}, "%lu");
    check_equal(std::string_view{PRIx32}, "x");
    check_equal(sizeof(std::imaxdiv_t), 16U);
}

void climits() {
    static_assert(CHAR_BIT == 8 && LONG_MAX == INT64_MAX);
    check(hidden(INT_MIN) + INT_MAX == -1);
}

// NOLINTNEXTLINE(cert-dcl50-cpp): the header is for such functions
long sum_of(int count, ...) {
    std::va_list arguments, again;
    va_start(arguments, count);
    va_copy(again, arguments);
    long sum = 0;
    for (int index = 0; index < count; ++index) sum += va_arg(arguments, int) + va_arg(again, int);
    va_end(again);
    va_end(arguments);
    return sum;
}

void cstdarg() {
    check_equal(sum_of(0), 0);
    check_equal(sum_of(9, 1, 2, 3, 4, 5, 6, 7, 8, hidden(9)), 90);
}

struct Pair {
    char first;
    std::max_align_t second;
};

void cstddef() {
    check_equal(offsetof(Pair, second), alignof(std::max_align_t));
    check_equal(std::to_integer<int>(std::byte{0x0f} | hidden(std::byte{0xf0})), 255);
    std::nullptr_t const nothing = nullptr;
    check(nothing == static_cast<int*>(nullptr));
}

void cstdint() {
    check_equal(hidden(UINT32_MAX) + 1, 0U);
    check(hidden(INT64_C(1)) << 40 == 1'099'511'627'776);
    static_assert(sizeof(std::uintptr_t) == 8 && sizeof(std::int_least16_t) == 2 && UINT8_MAX == 255);
}

void cstdlib() {
    check(std::abs(hidden(-5)) == 5 && std::abs(hidden(-5L)) == 5 && std::abs(hidden(-2.5)) == 2.5);
    auto const parts = std::div(hidden(-7), 2);
    check(parts.quot == -3 && parts.rem == -1);
    check_equal(std::ldiv(hidden(1L << 40), 3).rem, 1);
}

void cstring() {
    std::array<char, 32> text{}, copy{};
    std::memset(text.data(), 'x', 31);
    check_equal(std::strlen(text.data()), 31U);
    std::memcpy(copy.data(), text.data(), 32);
    check_equal(std::strcmp(copy.data(), text.data()), 0);
    copy[30] = 'y';
    check(std::memcmp(copy.data(), text.data(), 32) > 0 && std::strncmp(copy.data(), text.data(), 30) == 0);
    check(std::memchr(copy.data(), 'y', 32) == &copy[30]);
    std::memmove(&copy[1], copy.data(), 30);
    check(copy[30] == 'x');
}

// By the headers that C itself has.
void names_without_a_namespace() {
    check(::isdigit(hidden('7')) != 0);
    check_equal(::abs(hidden(-3)), 3);
    check_equal(::strlen(hidden("four")), 4U);
    check_equal(::div(hidden(17), 5).rem, 2);
    check(::floor(hidden(2.5)) == 2 && DBL_DIG == 15);
    static_assert(sizeof(::uint64_t) == sizeof(::size_t) && offsetof(::div_t, quot) == 0);
}

constexpr testing::Test c_tests[] = {
    {"cassert", an_assertion_that_holds_not, "assertion failed: hidden(2) == 3"},
    {"cctype", cctype},
    {"cerrno", cerrno},
    {"cinttypes", cinttypes},
    {"climits", climits},
    {"cstdarg", cstdarg},
    {"cstddef", cstddef},
    {"cstdint", cstdint},
    {"cstdlib", cstdlib},
    {"cstdlib.names_without_a_namespace", names_without_a_namespace},
    {"cstring", cstring},
};

}  // namespace

constinit testing::Suite const tests::c_suite{c_tests};
