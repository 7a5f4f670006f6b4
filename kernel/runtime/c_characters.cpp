// <ctype.h>: the classes of ASCII letters, as the "C" locale has them.
//
// Reference: C standard, "Character handling <ctype.h>".
#include <cctype>

namespace {

constexpr bool is_between(int first, int letter, int last) { return first <= letter && letter <= last; }

}  // namespace

extern "C" {

int isdigit(int letter) { return is_between('0', letter, '9') ? 1 : 0; }
int islower(int letter) { return is_between('a', letter, 'z') ? 1 : 0; }
int isupper(int letter) { return is_between('A', letter, 'Z') ? 1 : 0; }
int isalpha(int letter) { return islower(letter) | isupper(letter); }
int isalnum(int letter) { return isalpha(letter) | isdigit(letter); }
int isxdigit(int letter) {
    return isdigit(letter) | (is_between('a', letter, 'f') || is_between('A', letter, 'F') ? 1 : 0);
}
int isblank(int letter) { return letter == ' ' || letter == '\t' ? 1 : 0; }
int isspace(int letter) { return letter == ' ' || is_between('\t', letter, '\r') ? 1 : 0; }
int isprint(int letter) { return is_between(' ', letter, '~') ? 1 : 0; }
int isgraph(int letter) { return is_between('!', letter, '~') ? 1 : 0; }
int ispunct(int letter) { return isgraph(letter) & ~isalnum(letter); }
int iscntrl(int letter) { return is_between(0, letter, 0x1f) || letter == 0x7f ? 1 : 0; }

int tolower(int letter) { return isupper(letter) != 0 ? letter + ('a' - 'A') : letter; }
int toupper(int letter) { return islower(letter) != 0 ? letter - ('a' - 'A') : letter; }
}
