// error: copy constructor of 'Null' is implicitly deleted because base class 'console::Sink'
#include "console/sink.hpp"

using namespace pith;

namespace {

class Null final : public console::Sink {
public:
    void write(std::string_view) override {}
};

void use(console::Sink& sink) { sink.write("text"); }

}  // namespace

void test();
void test() {
    Null null;
#ifdef MISTAKE
    Null copy = null;
    use(copy);
#else
    use(null);
#endif
}
