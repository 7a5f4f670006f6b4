// What you write step by step. A weak function that nobody has written has the address 0.
#pragma once

[[gnu::weak]] void load_table();
[[gnu::weak]] void install_handlers();
