// A scenario as one of Google's benchmarks: a time is that of one of the many times that it is done.
#pragma once

#include "scenario.hpp"

#include <benchmark/benchmark.h>

#include <memory>

namespace pith::bench {

template <typename ScenarioOfHost>
Scenario* make() {
    return new ScenarioOfHost;
}

inline void measure(benchmark::State& state, Scenario* (*make_scenario)()) {
    std::unique_ptr<Scenario> const scenario{make_scenario()};
    scenario->run();  // what is touched for the first time is not measured
    while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(scenario->times()))) scenario->run();
}

}  // namespace pith::bench
