#include "input/layout.hpp"

#include <algorithm>

namespace pith::input {
namespace {

// clang-format off
constexpr Layout all_layouts[] = {
    {.name = "us", .description = "English (US)", .levels = {
        U"`1234567890-=" U"qwertyuiop[]" U"asdfghjkl;'\\" U"<zxcvbnm,./",
        U"~!@#$%^&*()_+" U"QWERTYUIOP{}" U"ASDFGHJKL:\"|" U">ZXCVBNM<>?",
        U"             " U"            " U"            "  U"           "}},
    {.name = "gb", .description = "English (UK)", .levels = {
        U"`1234567890-="  U"qwertyuiop[]" U"asdfghjkl;'#"  U"\\zxcvbnm,./",
        U"¬!\"£$%^&*()_+" U"QWERTYUIOP{}" U"ASDFGHJKL:@~"  U"|ZXCVBNM<>?",
        U"|   €        "  U"            " U"            "  U"           "}},
    {.name = "de", .description = "German", .keypad_point = U',', .levels = {
        U"\u03021234567890ß\u0301" U"qwertzuiopü+" U"asdfghjklöä#" U"<yxcvbnm,.-",
        U"°!\"§$%&/()=?\u0300"     U"QWERTZUIOPÜ*" U"ASDFGHJKLÖÄ'" U">YXCVBNM;:_",
        U"  ²³   {[]}\\ "          U"@ €        ~" U"            " U"|      µ   "}},
    {.name = "ch", .description = "German (Switzerland)", .levels = {
        U"§1234567890'\u0302"      U"qwertzuiopü\u0308" U"asdfghjklöä$" U"<yxcvbnm,.-",
        U"°+\"*ç%&/()=?\u0300"     U"QWERTZUIOPè!"      U"ASDFGHJKLéà£" U">YXCVBNM;:_",
        U" |@#  ¬|¢  \u0301\u0303" U"  €       []"      U"          {}" U"\\          "}},
    {.name = "fr", .description = "French", .levels = {
        U"²&é\"'(-è_çà)=" U"azertyuiop\u0302$" U"qsdfghjklmù*" U"<wxcvbn,;:!",
        U"~1234567890°+"  U"AZERTYUIOP\u0308£" U"QSDFGHJKLM%µ" U">WXCVBN?./§",
        U"  ~#{[|`\\^@]}" U"  €        ¤"      U"            " U"           "}},
};
// clang-format on

constexpr bool all_levels_are_full() {
    return std::ranges::all_of(all_layouts, [](Layout const& layout) {
        return std::ranges::all_of(layout.levels, [](auto level) { return level.size() == Layout::keys; });
    });
}
static_assert(all_levels_are_full());

// The place of a key in a level's text.
constexpr std::optional<std::size_t> place(KeyCode code) {
    struct Row {
        KeyCode first, last;
        std::size_t place;
    };
    using enum KeyCode;
    constexpr Row rows[] = {{grave, grave, 0},   {digit_1, equals, 1},       {q, right_bracket, 13},
                            {a, apostrophe, 25}, {backslash, backslash, 36}, {iso, iso, 37},
                            {z, slash, 38}};
    for (auto const& row : rows) {
        auto const number = static_cast<std::size_t>(code), first = static_cast<std::size_t>(row.first);
        if (code >= row.first && code <= row.last) return row.place + number - first;
    }
    return std::nullopt;
}
static_assert(place(KeyCode::equals) == 12 && place(KeyCode::right_bracket) == 24);
static_assert(place(KeyCode::apostrophe) == 35 && place(KeyCode::slash) == Layout::keys - 1);

// An accent, how it looks alone, and which letters take it.
struct Accent {
    char32_t combining, alone;
    std::u32string_view bases, composed;
};

// clang-format off
constexpr Accent accents[] = {
    {U'\u0300', U'`', U"aeiouAEIOU",   U"àèìòùÀÈÌÒÙ"},
    {U'\u0301', U'´', U"aeiouyAEIOUY", U"áéíóúýÁÉÍÓÚÝ"},
    {U'\u0302', U'^', U"aeiouAEIOU",   U"âêîôûÂÊÎÔÛ"},
    {U'\u0303', U'~', U"anoANO",       U"ãñõÃÑÕ"},
    {U'\u0308', U'¨', U"aeiouyAEIOUY", U"äëïöüÿÄËÏÖÜŸ"},
};
// clang-format on

constexpr bool all_accents_fit() {
    return std::ranges::all_of(
        accents, [](auto const& accent) { return accent.bases.size() == accent.composed.size(); });
}
static_assert(all_accents_fit());

constexpr Accent const* find_accent(char32_t combining) {
    auto const* const found = std::ranges::find(accents, combining, &Accent::combining);
    return found == std::ranges::end(accents) ? nullptr : found;
}

}  // namespace

std::span<Layout const> layouts() { return all_layouts; }

Layout const* find_layout(std::string_view name) {
    auto const* const found = std::ranges::find(all_layouts, name, &Layout::name);
    return found == std::ranges::end(all_layouts) ? nullptr : found;
}

std::optional<char32_t> Layout::character(KeyCode code, Level level) const {
    if (code == KeyCode::space) return U' ';
    auto const index = place(code);
    if (!index) return std::nullopt;
    auto const found = levels[static_cast<std::size_t>(level)][*index];
    return found == U' ' ? std::nullopt : std::optional{found};
}

bool Layout::has_third_level() const {
    return std::ranges::any_of(levels[static_cast<std::size_t>(Level::third)],
                               [](char32_t character) { return character != U' '; });
}

char32_t spacing_form(char32_t accent) {
    auto const* const found = find_accent(accent);
    return found ? found->alone : accent;
}

std::optional<char32_t> compose(char32_t accent, char32_t base) {
    auto const* const found = find_accent(accent);
    if (!found) return std::nullopt;
    if (base == U' ' || base == accent) return found->alone;
    auto const index = found->bases.find(base);
    return index == std::u32string_view::npos ? std::nullopt : std::optional{found->composed[index]};
}

}  // namespace pith::input
