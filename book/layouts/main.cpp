// Says as JSON where the fields of hardware's words stand: for the book's figures (tools/pith/figures).
//
// Nothing is written down here. A value is made through the type's own functions, once with a bit and once
// without, and what then differs is where that bit stands. So a figure cannot disagree with the code.
#include "exceptions/error_code.hpp"
#include "exceptions/frame.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/segments.hpp"
#include "frames/chunk.hpp"
#include "heap/slab.hpp"
#include "paging/table.hpp"

#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <vector>

using namespace pith;
using namespace pith::exceptions;

namespace {

using Bits  = std::vector<unsigned>;
using Bytes = std::vector<std::uint8_t>;

struct Field {
    std::string name;
    Bits bits;  // element n: where the value's bit n stands
};

template <typename Value>
Bytes bytes_of(Value const& value) {
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }

// Where two values have different bits.
Bits difference(Bytes const& one, Bytes const& other) {
    Bits found;
    for (unsigned number = 0; number < 8 * one.size(); ++number) {
        if (((one[number / 8] ^ other[number / 8]) >> (number % 8) & 1) != 0) found.push_back(number);
    }
    return found;
}

// Which of the one are not among the other.
Bits without(Bits one, Bits const& other) {
    std::erase_if(one, [&](unsigned number) { return std::ranges::contains(other, number); });
    return one;
}

// Where the bits of a number stand in what `make` makes of it.
Bits places(unsigned width, auto&& make) {
    Bits found;
    for (unsigned number = 0; number < width; ++number) {
        auto const at = difference(bytes_of(make(0)), bytes_of(make(bit(number))));
        found.insert(found.end(), at.begin(), at.end());
    }
    return found;
}

// The same of an address: its bits from 47 on are all equal.
Bits places_of_address(auto&& make) {
    auto const of = [&](std::uint64_t address) { return make(VirtAddr{address}); };
    auto found    = places(47, of);
    auto const at = difference(bytes_of(of(0)), bytes_of(of(0xffff'8000'0000'0000)));
    found.insert(found.end(), at.begin(), at.end());
    return found;
}

// Which bits change what `read` says of a 64-bit word, if each is turned in `word`. (Not what it says else:
// what one reader has taken, the next does not get.)
class Readers {
public:
    explicit Readers(std::uint64_t word) : word_{word} {}

    void add(std::string name, auto&& read) {
        Bits found;
        for (unsigned number = 0; number < 64; ++number) {
            if ((taken_ & bit(number)) != 0 || read(word_ ^ bit(number)) == read(word_)) continue;
            found.push_back(number);
            taken_ |= bit(number);
        }
        fields.push_back({std::move(name), found});
    }

    std::vector<Field> fields;

private:
    std::uint64_t word_, taken_ = 0;
};

// ---- JSON
// --------------------------------------------------------------------------------------------------

std::string list(Bits const& numbers) {
    std::string text;
    for (auto const number : numbers) text += std::format("{}{}", text.empty() ? "" : ", ", number);
    return "[" + text + "]";
}

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// A word: how many bits, its fields, and which bits are set in each that the type makes.
void put_word(std::string_view name, std::size_t bits, std::vector<Field> const& fields,
              Bits const& always = {}) {
    put(std::format("  \"{}\": {{\"bits\": {}, \"always\": {}, \"fields\": {{", name, bits, list(always)));
    for (std::string_view separator; auto const& field : fields) {
        put(std::format("{}\"{}\": {}", separator, field.name, list(field.bits)));
        separator = ", ";
    }
    put("}},\n");
}

// ---- The words
// ---------------------------------------------------------------------------------------------

constexpr InterruptStack stack_of(std::uint64_t number) { return static_cast<InterruptStack>(number); }

void put_gate() {
    auto const with = [](VirtAddr entry, std::uint64_t stack, std::uint64_t privilege) {
        return Gate::interrupt(entry, stack_of(stack), static_cast<unsigned>(privilege));
    };
    auto const plain = bytes_of(with(VirtAddr{}, 0, 0));
    Readers low{0};
    low.add("present", [](std::uint64_t word) {
        return std::bit_cast<Gate>(std::array{word, std::uint64_t{0}}).is_present();
    });
    put_word(
        "gate", 128,
        {{"entry", places_of_address([&](VirtAddr entry) { return with(entry, 0, 0); })},
         {"stack", places(3, [&](std::uint64_t stack) { return with(VirtAddr{}, stack, 0); })},
         {"privilege", places(2, [&](std::uint64_t privilege) { return with(VirtAddr{}, 0, privilege); })},
         low.fields.front()},
        difference(bytes_of(Gate{}), plain));
}

void put_segments() {
    auto const privilege = [](auto make) {
        return Field{"privilege",
                     places(2, [=](std::uint64_t number) { return make(static_cast<unsigned>(number)); })};
    };
    auto const code = bytes_of(SegmentDescriptor::code(0)), data = bytes_of(SegmentDescriptor::data(0));
    auto const none    = bytes_of(SegmentDescriptor{});
    auto const in_code = difference(none, code), in_data = difference(none, data);
    put_word("code_segment", 64,
             {privilege(&SegmentDescriptor::code), {"only_code", without(in_code, in_data)}}, in_code);
    put_word("data_segment", 64,
             {privilege(&SegmentDescriptor::data), {"only_data", without(in_data, in_code)}}, in_data);

    auto const of = [](VirtAddr base, std::uint64_t limit) {
        return TaskStateDescriptor::of(base, limit + 1);
    };
    put_word("task_state_descriptor", 128,
             {{"base", places_of_address([&](VirtAddr base) { return of(base, 0); })},
              {"limit", places(20, [&](std::uint64_t limit) { return of(VirtAddr{}, limit); })}},
             difference(bytes_of(TaskStateDescriptor{}), bytes_of(of(VirtAddr{}, 0))));

    auto const selector = [](std::uint64_t index, std::uint64_t asked) {
        return Selector{static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(asked)};
    };
    put_word("selector", 16,
             {{"privilege", places(2, [&](std::uint64_t asked) { return selector(0, asked); })},
              {"index", places(13, [&](std::uint64_t index) { return selector(index, 0); })}});
}

void put_names() {
    put(std::format(
        "  \"selectors\": {{\"kernel_code\": {}, \"kernel_data\": {}, \"user_data\": {}, \"user_code\": {}, "
        "\"task_state\": {}}},\n",
        kernel_code.raw(), kernel_data.raw(), user_data.raw(), user_code.raw(), task_state.raw()));
    auto const number = [](InterruptStack stack) { return static_cast<unsigned>(stack); };
    put(std::format("  \"interrupt_stacks\": {{\"double_fault\": {}, \"nmi\": {}, \"machine_check\": {}, "
                    "\"debug\": {}}},\n",
                    number(InterruptStack::double_fault), number(InterruptStack::nmi),
                    number(InterruptStack::machine_check), number(InterruptStack::debug)));
}

void put_error_codes() {
    Readers page{0};
    auto const add = [&](std::string name, bool (PageFaultError::*is_set)() const) {
        page.add(std::move(name), [=](std::uint64_t word) { return (PageFaultError{word}.*is_set)(); });
    };
    add("present", &PageFaultError::is_present);
    add("write", &PageFaultError::is_write);
    add("user", &PageFaultError::is_user);
    add("reserved_bit", &PageFaultError::is_reserved_bit);
    add("instruction_fetch", &PageFaultError::is_instruction_fetch);
    add("protection_key", &PageFaultError::is_protection_key);
    add("shadow_stack", &PageFaultError::is_shadow_stack);
    add("sgx", &PageFaultError::is_sgx);
    put_word("page_fault_error", 64, page.fields);

    Readers selector{0};
    selector.add("external", [](std::uint64_t word) { return SelectorError{word}.is_external(); });
    selector.add("table", [](std::uint64_t word) { return SelectorError{word}.table(); });
    selector.add("index", [](std::uint64_t word) { return SelectorError{word}.index(); });
    put_word("selector_error", 64, selector.fields);
}

// What is the same in all entries. The order is that in which a bit is looked for.
template <int Level>
void add_common(Readers& readers) {
    using Word = std::uint64_t;
    readers.add("present", [](Word word) { return paging::Entry<Level>{word}.is_present(); });
    readers.add("writable", [](Word word) { return paging::Entry<Level>{word}.is_writable(); });
    readers.add("user", [](Word word) { return paging::Entry<Level>{word}.is_user(); });
    readers.add("write_through", [](Word word) { return paging::Entry<Level>{word}.is_write_through(); });
    readers.add("uncached", [](Word word) { return paging::Entry<Level>{word}.is_uncached(); });
    readers.add("accessed", [](Word word) { return paging::Entry<Level>{word}.is_accessed(); });
    readers.add("no_execute", [](Word word) { return paging::Entry<Level>{word}.is_executable(); });
}

template <int Level>
void put_page_entry(std::string_view name) {
    using Word = std::uint64_t;
    auto const page =
        paging::Entry<Level>::page(PhysAddr{}, {}, paging::Backing::borrowed, paging::Reach::one_space);
    Readers readers{page.raw()};
    add_common<Level>(readers);
    readers.add("dirty", [](Word word) { return paging::Entry<Level>{word}.is_dirty(); });
    if constexpr (Level > 1)
        readers.add("large", [](Word word) { return paging::Entry<Level>{word}.is_page(); });
    readers.add("attribute_table",
                [](Word word) { return paging::Entry<Level>{word}.uses_attribute_table(); });
    readers.add("global", [](Word word) { return paging::Entry<Level>{word}.is_global(); });
    readers.add("owned", [](Word word) { return paging::Entry<Level>{word}.backing(); });
    readers.add("address", [](Word word) { return paging::Entry<Level>{word}.address(); });
    put_word(name, 64, readers.fields);
}

void put_entries() {
    put_page_entry<1>("page_entry");
    put_page_entry<2>("large_page_entry");
    Readers readers{paging::Entry<2>::table(PhysAddr{}, paging::Owner::kernel).raw()};
    add_common<2>(readers);
    readers.add("large", [](std::uint64_t word) { return paging::Entry<2>{word}.is_table(); });
    readers.add("address", [](std::uint64_t word) { return paging::Entry<2>{word}.table_address(); });
    readers.add("used", [](std::uint64_t word) { return paging::Entry<2>{word}.used(); });
    put_word("table_entry", 64, readers.fields);
}

void put_address() {
    Readers readers{0};
    auto const add = [&](std::string name, auto index_of) {
        readers.add(std::move(name), [=](std::uint64_t word) {
            return index_of(paging::address_of(word & paging::last_number));
        });
    };
    add("level_4", &paging::Table<4>::index_of);
    add("level_3", &paging::Table<3>::index_of);
    add("level_2", &paging::Table<2>::index_of);
    add("level_1", &paging::Table<1>::index_of);
    readers.add("offset", [](std::uint64_t word) { return word % page_bytes; });
    put_word("address", 64, readers.fields);
}

// ---- What is larger than a word
// ----------------------------------------------------------------------------

void put_task_state() {
    auto const with = [](auto change) {
        return [=](VirtAddr top) {
            TaskState state;
            change(state, top);
            return state;
        };
    };
    std::vector<Field> fields{{"kernel_stack", places_of_address(with([](TaskState& state, VirtAddr top) {
                                   state.set_kernel_stack(top);
                               }))}};
    for (unsigned number = 1; number <= 7; ++number) {
        fields.push_back({std::format("interrupt_stack_{}", number),
                          places_of_address(with([=](TaskState& state, VirtAddr top) {
                              state.set_interrupt_stack(static_cast<InterruptStack>(number), top);
                          }))});
    }
    put_word("task_state", 8 * sizeof(TaskState), fields,
             difference(Bytes(sizeof(TaskState)), bytes_of(TaskState{})));
}

#define MEMBER(name) {#name, offsetof(ExceptionFrame, name)}
void put_frame() {
    constexpr std::array<std::pair<std::string_view, std::size_t>, 22> members{
        {MEMBER(r15),           MEMBER(r14),        MEMBER(r13), MEMBER(r12), MEMBER(r11),
         MEMBER(r10),           MEMBER(r9),         MEMBER(r8),  MEMBER(rbp), MEMBER(rdi),
         MEMBER(rsi),           MEMBER(rdx),        MEMBER(rcx), MEMBER(rbx), MEMBER(rax),
         MEMBER(vector_number), MEMBER(error_code), MEMBER(rip), MEMBER(cs),  MEMBER(rflags),
         MEMBER(rsp),           MEMBER(ss)}};
    static_assert(8 * members.size() == sizeof(ExceptionFrame), "a member is missing");
    put("  \"frame\": {");
    for (std::string_view separator; auto const& [name, offset] : members) {
        put(std::format("{}\"{}\": {}", separator, name, offset));
        separator = ", ";
    }
    put("},\n");
    Bits with_code;
    for (unsigned vector = 0; vector < vector_count; ++vector) {
        if (has_error_code(static_cast<Vector>(vector))) with_code.push_back(vector);
    }
    put(std::format("  \"with_error_code\": {},\n", list(with_code)));
}
#undef MEMBER

// Where a chunk keeps what: at the bytes that change, or that hold a number which stands nowhere else.
void put_chunk() {
    constexpr PhysAddr start{frames::Chunk::bytes * 0x1234};
    frames::Chunk chunk{start, PhysRange{start, start + frames::Chunk::bytes}};
    auto const all   = bytes_of(chunk);
    auto const words = std::span{all};
    auto const find  = [&](auto number) {
        auto const wanted = bytes_of(number);
        return static_cast<std::size_t>(std::ranges::search(words, wanted).begin() - words.begin());
    };
    auto const start_at = find(start.value());
    auto const count_at = find(std::uint32_t{frames::Chunk::frames});
    chunk.take(0, 1);
    auto const changed  = difference(all, bytes_of(chunk));
    auto const first_at = changed.front() / 8;
    // Word 0 has no block of 64 frames any more: that is in the last byte of the summary.
    auto const last_of_summary = *std::ranges::find_if(changed, [&](unsigned number) {
        return number / 8 > start_at + sizeof start;
    }) / 8;
    put(std::format(
        "  \"chunk\": {{\"bytes\": {}, \"memory\": {}, \"frames\": {}, \"free\": {}, \"start\": {}, "
        "\"summary\": {}, \"count\": {}}},\n",
        sizeof chunk, frames::Chunk::bytes, frames::Chunk::frames, first_at, start_at, last_of_summary - 6,
        count_at));
}

}  // namespace

int main() {
    put("{\n");
    put_gate();
    put_segments();
    put_names();
    put_error_codes();
    put_entries();
    put_address();
    put_task_state();
    put_frame();
    put_chunk();
    put(std::format("  \"slab\": {{\"bytes\": {}, \"header\": {}}}\n}}\n", std::size_t{heap::Slab::bytes},
                    std::size_t{heap::Slab::header_bytes}));
}
