// The buffer between std::format and the console: which pieces arrive.
#include "console/print.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pith::console {
namespace {

using Pieces = std::vector<std::string>;

// The pieces in which text of so many characters is written.
Pieces pieces_of(std::size_t length) {
    Pieces pieces;
    {
        BufferedWriter writer{[&](std::string_view piece) { pieces.emplace_back(piece); }};
        for (std::size_t index = 0; index < length; ++index)
            writer.push_back(static_cast<char>('a' + index % 26));
    }
    return pieces;
}

std::vector<std::size_t> sizes_of(Pieces const& pieces) {
    std::vector<std::size_t> sizes;
    for (auto const& piece : pieces) sizes.push_back(piece.size());
    return sizes;
}

using Sizes = std::vector<std::size_t>;

TEST(BufferedWriter, writes_nothing_for_nothing) { EXPECT_EQ(pieces_of(0), Pieces{}); }

TEST(BufferedWriter, short_text_is_one_piece) {
    EXPECT_EQ(pieces_of(3), Pieces{"abc"});
    EXPECT_EQ(sizes_of(pieces_of(511)), Sizes{511});
    EXPECT_EQ(sizes_of(pieces_of(512)), Sizes{512});
}

TEST(BufferedWriter, long_text_is_cut_every_512) {
    EXPECT_EQ(sizes_of(pieces_of(513)), (Sizes{512, 1}));
    EXPECT_EQ(sizes_of(pieces_of(1024)), (Sizes{512, 512}));
    EXPECT_EQ(sizes_of(pieces_of(1300)), (Sizes{512, 512, 276}));
}

TEST(BufferedWriter, loses_no_character) {
    std::string all;
    for (auto const& piece : pieces_of(1300)) all += piece;
    ASSERT_EQ(all.size(), 1300);
    for (std::size_t index = 0; index < all.size(); ++index)
        EXPECT_EQ(all[index], static_cast<char>('a' + index % 26));
}

TEST(BufferedWriter, takes_what_format_gives) {
    Pieces pieces;
    {
        BufferedWriter writer{[&](std::string_view piece) { pieces.emplace_back(piece); }};
        std::format_to(std::back_inserter(writer), "{:>600}", 7);
    }
    EXPECT_EQ(sizes_of(pieces), (Sizes{512, 88}));
    EXPECT_EQ(pieces.at(1), std::string(87, ' ') + '7');
}

// Something that prints while it is being printed.
struct Chatty {
    Pieces& pieces;
};

}  // namespace
}  // namespace pith::console

template <>
struct std::formatter<pith::console::Chatty> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::console::Chatty const& chatty, auto& context) const {
        pith::console::BufferedWriter writer{
            [&](std::string_view piece) { chatty.pieces.emplace_back(piece); }};
        std::format_to(std::back_inserter(writer), "inner");
        return std::format_to(context.out(), "chatty");
    }
};

namespace pith::console {
namespace {

TEST(BufferedWriter, an_argument_that_prints_comes_first) {
    Pieces pieces;
    {
        BufferedWriter writer{[&](std::string_view piece) { pieces.emplace_back(piece); }};
        std::format_to(std::back_inserter(writer), "<{}>", Chatty{pieces});
    }
    EXPECT_EQ(pieces, (Pieces{"inner", "<chatty>"}));
}

}  // namespace
}  // namespace pith::console
