#include "base/fail.hpp"

#include "base/sealed.hpp"

namespace pith {
namespace {

PITH_SEALED constinit FailureHandler failure_handler = nullptr;

}  // namespace

void set_failure_handler(FailureHandler handler) {
    require_unsealed("who handles failures is sealed, and can be changed no more");
    failure_handler = handler;
}

void fail(Failure const& failure) {
    if (failure_handler != nullptr) failure_handler(failure);
    __builtin_trap();
}

void fail(std::string_view message, std::source_location where) {
    fail(Failure{.message = message, .file = where.file_name(), .line = where.line()});
}

}  // namespace pith
