// The keyboard controller's driver, on a controller that is not there.
#include "fake_devices.hpp"
#include "input/ps2_controller.hpp"

#include <gtest/gtest.h>

#include <set>

namespace pith::input {
namespace {

using testing::FakePs2Controller;
using Controller = Ps2Controller<testing::Handle<FakePs2Controller>>;
using Outcome    = std::expected<void, Ps2Problem>;

Outcome start(FakePs2Controller& device) {
    auto const outcome = Controller{{&device}}.start();
    EXPECT_FALSE(device.wrote_too_early);
    return outcome;
}

std::string take_all(Controller& controller) {
    std::string bytes;
    for (int look = 0; look < 100; ++look) {
        if (auto const byte = controller.read()) bytes.push_back(static_cast<char>(*byte));
    }
    return bytes;
}

TEST(Ps2, finds_controller_and_keyboard_and_sets_them_up) {
    FakePs2Controller device;
    EXPECT_TRUE(start(device));
    // Translation on, mouse off, keyboard on, no interrupts.
    EXPECT_EQ(device.settings, 0x64);
    EXPECT_EQ(device.to_keyboard, "\xf6\xf4");
    EXPECT_TRUE(device.is_empty());
}

TEST(Ps2, says_that_there_is_none) {
    FakePs2Controller device;
    device.is_there = false;
    EXPECT_EQ(start(device), Outcome{std::unexpected{Ps2Problem::no_controller}});
    EXPECT_EQ((Controller{{&device}}.read()), std::nullopt);
}

TEST(Ps2, what_was_typed_before_does_not_pass_for_an_answer) {
    FakePs2Controller device;
    device.settings = 0x00;
    device.type("\x1e\x9e\xfa\x01");
    EXPECT_TRUE(start(device));
}

TEST(Ps2, a_controller_that_says_that_it_is_broken_is_believed) {
    FakePs2Controller broken;
    broken.self_test = 0xfc;
    EXPECT_EQ(start(broken), Outcome{std::unexpected{Ps2Problem::self_test_failed}});
    FakePs2Controller short_circuit;
    short_circuit.port_test = 0x01;
    EXPECT_EQ(start(short_circuit), Outcome{std::unexpected{Ps2Problem::port_test_failed}});
}

TEST(Ps2, a_stuck_controller_is_given_up) {
    auto const outcome_if = [](bool FakePs2Controller::* fault) {
        FakePs2Controller device;
        device.*fault = true;
        return start(device);
    };
    Outcome const stuck{std::unexpected{Ps2Problem::stuck}};
    EXPECT_EQ(outcome_if(&FakePs2Controller::takes_nothing), stuck);
    EXPECT_EQ(outcome_if(&FakePs2Controller::gives_without_end), stuck);
    EXPECT_EQ(outcome_if(&FakePs2Controller::is_mute), stuck);
}

TEST(Ps2, says_that_there_is_no_keyboard) {
    FakePs2Controller device;
    device.has_keyboard = false;
    EXPECT_EQ(start(device), Outcome{std::unexpected{Ps2Problem::no_keyboard}});
    EXPECT_EQ(device.settings, 0x64);          // one may be plugged in
    EXPECT_EQ(device.bytes_for_keyboard, 1U);  // silence is not asked again: it would wait as long
}

TEST(Ps2, repeats_what_the_keyboard_did_not_understand_but_not_for_ever) {
    FakePs2Controller device;
    device.repetitions_wanted = 2;
    EXPECT_TRUE(start(device));
    EXPECT_EQ(device.to_keyboard, "\xf6\xf4");
    FakePs2Controller deaf;
    deaf.repetitions_wanted = 3;
    EXPECT_EQ(start(deaf), Outcome{std::unexpected{Ps2Problem::no_keyboard}});
}

TEST(Ps2, gives_what_the_keyboard_sends) {
    FakePs2Controller device;
    Controller controller{{&device}};
    EXPECT_TRUE(controller.start());
    EXPECT_EQ(controller.read(), std::nullopt);
    device.type("\x1e\x9e");
    EXPECT_EQ(take_all(controller), "\x1e\x9e");
}

TEST(Ps2, a_mouse_is_not_taken_for_a_keyboard) {
    FakePs2Controller device;
    Controller controller{{&device}};
    EXPECT_TRUE(controller.start());
    device.is_mouse = true;
    device.type("\x1e\x9e");
    EXPECT_EQ(take_all(controller), "");
    EXPECT_TRUE(device.is_empty());
}

TEST(Ps2, the_interrupt_is_on_only_when_asked_for) {
    FakePs2Controller device;
    Controller controller{{&device}};
    EXPECT_TRUE(controller.start());
    EXPECT_TRUE(controller.enable_interrupt());
    EXPECT_EQ(device.settings, 0x65);
    device.takes_nothing = true;
    EXPECT_FALSE(controller.enable_interrupt());
}

TEST(Ps2, shows_the_lights) {
    FakePs2Controller device;
    Controller controller{{&device}};
    EXPECT_TRUE(controller.start());
    device.type("\x1e");  // a key that was pressed just before is lost
    EXPECT_TRUE(controller.show({.num_lock = true, .caps_lock = true}));
    EXPECT_EQ(device.to_keyboard, "\xf6\xf4\xed\x06");
    device.has_keyboard = false;
    EXPECT_FALSE(controller.show({}));
}

// Each key comes just before the wait for it would end.
TEST(Ps2, keys_do_not_make_the_wait_for_an_answer_longer) {
    FakePs2Controller device;
    Controller controller{{&device}};
    EXPECT_TRUE(controller.start());
    device.answers_with_keys = true;
    device.delay             = Controller::max_polls - 10;
    device.status_reads      = 0;
    EXPECT_FALSE(controller.show({}));
    EXPECT_LE(device.status_reads, 2 * Controller::max_polls);  // to send, and for the answer
    device.gives_without_end = true;
    EXPECT_FALSE(controller.show({}));
}

TEST(Ps2, each_problem_has_a_sentence) {
    std::set<std::string_view> sentences;
    for (auto problem = Ps2Problem::no_controller; problem <= Ps2Problem::no_keyboard;
         problem      = static_cast<Ps2Problem>(static_cast<int>(problem) + 1)) {
        EXPECT_TRUE(sentences.insert(explain(problem)).second);
    }
    EXPECT_FALSE(sentences.contains("unknown problem"));
    EXPECT_EQ(explain(Ps2Problem::no_controller), "this machine has no keyboard controller");
    EXPECT_EQ(explain(Ps2Problem::no_keyboard), "there is no keyboard");
}

}  // namespace
}  // namespace pith::input
