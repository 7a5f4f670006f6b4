#include "plant.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

namespace pith::endurance {
namespace {

struct Named {
    std::string_view name;
    Plant plant;
};
constexpr std::array all_plants{
    Named{"frame", Plant::frame},
    Named{"block", Plant::block},
    Named{"line", Plant::line},
    Named{"wake-up", Plant::wake_up},
    Named{"register", Plant::clobber},
    Named{"timer", Plant::timer},
    Named{"task", Plant::task},
    Named{"nmi", Plant::nmi},
    Named{"vector", Plant::vector},
    Named{"key", Plant::key},
    Named{"page-fault", Plant::page_fault},
    Named{"early-timer", Plant::early_timer},
    Named{"overwrite", Plant::overwrite},
    Named{"message", Plant::message},
};

constinit std::optional<Plant> chosen;
constinit std::atomic<bool> is_time = false;

}  // namespace

std::optional<Plant> find_plant(std::string_view name) {
    auto const* const found = std::ranges::find(all_plants, name, &Named::name);
    if (found == all_plants.end()) return std::nullopt;
    return found->plant;
}

void choose(Plant plant) { chosen = plant; }
void begin_planting() { is_time = true; }
bool is_planted(Plant plant) { return chosen == plant && is_time.exchange(false); }

}  // namespace pith::endurance
