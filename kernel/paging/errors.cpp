#include "paging/errors.hpp"

namespace pith::paging {
namespace {

constexpr std::string_view out_of_frames = "no frame is free for a page table";
constexpr std::string_view not_mapped    = "no page is mapped there";
constexpr std::string_view inside_large  = "a larger page has this address";
constexpr std::string_view own_slot      = "the page tables themselves appear there";
constexpr std::string_view kernel_half   = "a user's page cannot be in the kernel's half";

}  // namespace

std::string_view explain(MapError error) {
    switch (error) {
        case MapError::out_of_frames:            return out_of_frames;
        case MapError::already_mapped:           return "something is mapped there already";
        case MapError::inside_large_page:        return inside_large;
        case MapError::own_slot:                 return own_slot;
        case MapError::user_page_in_kernel_half: return kernel_half;
    }
    return "unknown";
}

std::string_view explain(LookupError error) {
    switch (error) {
        case LookupError::not_mapped:          return not_mapped;
        case LookupError::inside_large_page:   return inside_large;
        case LookupError::holds_smaller_pages: return "smaller pages are mapped there";
        case LookupError::not_owned:           return "the page's memory is borrowed, so no frame comes back";
        case LookupError::own_slot:            return own_slot;
    }
    return "unknown";
}

std::string_view explain(ChangeError error) {
    switch (error) {
        case ChangeError::out_of_frames:            return out_of_frames;
        case ChangeError::not_mapped:               return not_mapped;
        case ChangeError::own_slot:                 return own_slot;
        case ChangeError::user_page_in_kernel_half: return kernel_half;
    }
    return "unknown";
}

}  // namespace pith::paging
