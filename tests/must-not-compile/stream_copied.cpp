// error: call to deleted constructor
#include "tasks/stream.hpp"

using namespace pith;

tasks::Stream<int> test(tasks::Stream<int> stream);
tasks::Stream<int> test(tasks::Stream<int> stream) {
#ifdef MISTAKE
    return stream.next().await_ready() ? tasks::Stream<int>{static_cast<tasks::Stream<int> const&>(stream)}
                                       : std::move(stream);
#else
    return stream;
#endif
}
