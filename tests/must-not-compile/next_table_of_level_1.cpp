// error: no matching member function for call to 'next'
// error: 1 does not satisfy 'HasNext'
#include "paging/table_access.hpp"

using namespace pith;

void test(paging::DirectMapAccess access, paging::Table<1>& pages, paging::Table<2>& tables);
void test(paging::DirectMapAccess access, paging::Table<1>& pages, paging::Table<2>& tables) {
#ifdef MISTAKE
    static_cast<void>(access.next(pages, 0));
#else
    static_cast<void>(access.next(tables, 0).at(VirtAddr{}));
    static_cast<void>(pages);
#endif
}
