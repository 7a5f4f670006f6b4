#include "base/fail.hpp"

namespace pith {
namespace {

constinit FailureHandler handler_ = nullptr;

}  // namespace

void set_failure_handler(FailureHandler handler) { handler_ = handler; }

void fail(Failure const& failure) {
    if (handler_ != nullptr) handler_(failure);
    __builtin_trap();
}

void fail(std::string_view message, std::source_location where) {
    fail(Failure{.message = message, .file = where.file_name(), .line = where.line()});
}

}  // namespace pith
