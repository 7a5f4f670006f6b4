#include "screen/pixel_format.hpp"

namespace pith::screen {
namespace {

// #region check
std::uint64_t mask_of(boot::ColourField field) {
    return ((std::uint64_t{1} << field.size) - 1) << field.position;
}

std::expected<void, FormatError> check_fields(boot::Framebuffer const& framebuffer) {
    std::uint64_t used = 0;
    for (auto const field : {framebuffer.red, framebuffer.green, framebuffer.blue}) {
        if (field.size == 0) return std::unexpected{FormatError::no_colour};
        if (field.position + field.size > framebuffer.bits_per_pixel || (used & mask_of(field)) != 0)
            return std::unexpected{FormatError::fields_overlap};
        used |= mask_of(field);
    }
    return {};
}
// #endregion check

}  // namespace

std::string_view explain(FormatError error) {
    switch (error) {
        case FormatError::not_pixels:     return "it has characters in place of pixels";
        case FormatError::indexed:        return "its pixels are numbers in a palette, which Pith does not set";
        case FormatError::too_deep:       return "its pixels have more than 32 bits";
        case FormatError::no_colour:      return "its pixels lack a colour";
        case FormatError::fields_overlap: return "its pixels' colours overlap";
    }
    return "unknown";
}

std::expected<PixelFormat, FormatError> PixelFormat::of(boot::Framebuffer const& framebuffer) {
    using enum boot::Framebuffer::Kind;
    if (framebuffer.kind == text) return std::unexpected{FormatError::not_pixels};
    if (framebuffer.kind == indexed) return std::unexpected{FormatError::indexed};
    if (framebuffer.bits_per_pixel > 32) return std::unexpected{FormatError::too_deep};
    if (auto const checked = check_fields(framebuffer); !checked) return std::unexpected{checked.error()};
    return PixelFormat{(std::size_t{framebuffer.bits_per_pixel} + 7) / 8, framebuffer.red, framebuffer.green,
                       framebuffer.blue};
}

}  // namespace pith::screen
