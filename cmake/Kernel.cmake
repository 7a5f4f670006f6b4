# How kernels are made: the flags, the layers, the two links and the ISO.

set(PITH_LIBCXX_INCLUDE /usr/lib/llvm-19/include/c++/v1 CACHE PATH "libc++'s headers (package libc++-19-dev)")
set(PITH_C_INCLUDE /usr/include/x86_64-linux-musl CACHE PATH "C headers (package musl-dev)")
set(PITH_LIBCXX_SITE ${PROJECT_SOURCE_DIR}/kernel/runtime/libcxx)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(PITH_PYTHON ${CMAKE_COMMAND} -E env PYTHONPATH=${PROJECT_SOURCE_DIR}/tools PYTHONDONTWRITEBYTECODE=1
    ${Python3_EXECUTABLE})

# -- Flags: what the kernel's code is compiled with ---------------------------------------------------------
add_library(pith_kernel_flags INTERFACE)
target_include_directories(pith_kernel_flags INTERFACE ${PROJECT_SOURCE_DIR}/kernel)
target_compile_options(pith_kernel_flags INTERFACE
    # No vector registers: then an interrupt has none to save. No red zone: an interrupt would overwrite it.
    -mno-sse -mno-mmx -mno-red-zone
    # So a float travels in a general register, and each operation is a call (kernel/runtime/soft_float.cpp): slow, and
    # right. (The driver's -msoft-float does nothing here; the compiler proper knows it as a feature of the target.)
    # A long double would need the x87 registers: it is a double.
    "SHELL:-Xclang -target-feature -Xclang +soft-float" -mlong-double-64
    # The warning is about saving vector registers, of which there are none.
    -Wno-excessive-regsave
    -mcmodel=kernel -fno-pic -masm=intel
    # Frame pointers are the backtrace; a tail call would drop its caller's.
    -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer -fno-optimize-sibling-calls
    # A frame larger than a page touches each of its pages: it cannot jump over a guard. (The driver knows this
    # option for some systems only; the compiler proper for all.)
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fstack-clash-protection>"
    -fstack-protector-strong -mstack-protector-guard=global
    # Before each call through a pointer: is there a function of the pointer's type? (kernel/exceptions/call_check.hpp)
    "$<$<COMPILE_LANGUAGE:CXX>:-fsanitize=kcfi>"
    # ENDBR64 wherever a pointer may lead, which the processor looks for (kernel/paging/protection.hpp). A jump through a
    # table of the compiler's own would have to be excepted from that.
    "$<$<COMPILE_LANGUAGE:CXX>:-fcf-protection=branch;-fno-jump-tables>"
    # A local variable that nobody initialised is 0: never what somebody left on the stack.
    "$<$<COMPILE_LANGUAGE:CXX>:-ftrivial-auto-var-init=zero>"
    -ffunction-sections -fdata-sections
    # No path of this machine in the image: builds in two folders are the same bit by bit.
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -fdebug-compilation-dir=.
    # What a failed check of libc++ says names its file as one includes it. (Each such message is in the image.)
    -fmacro-prefix-map=${PITH_LIBCXX_INCLUDE}/=
    -g
    "$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics;-fno-asynchronous-unwind-tables>"
    "$<$<COMPILE_LANGUAGE:CXX>:-nostdinc++;-nostdlibinc>"
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-isystem \"${PITH_LIBCXX_SITE}\">"
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-isystem \"${PITH_LIBCXX_INCLUDE}\">"
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-isystem \"${PITH_C_INCLUDE}\">"
)
# What stops instead of going on with undefined behaviour (kernel/exceptions/trap.hpp). Not for all: kernel/CMakeLists.txt.
set(PITH_TRAPS
    -fsanitize=bool,bounds,builtin,integer-divide-by-zero,return,shift,signed-integer-overflow,unreachable
    -fsanitize-trap=undefined
    -fstrict-flex-arrays=3)   # an array is as large as it is declared, also at the end of a structure

set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2")
set(CMAKE_ASM_FLAGS_RELWITHDEBINFO "")

# -- Layers: one library each, in the order of layers.txt ---------------------------------------------------
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernel/layers.txt)
file(STRINGS ${PROJECT_SOURCE_DIR}/kernel/layers.txt PITH_LAYER_LINES REGEX "^[a-z]")
set(PITH_LAYERS)
foreach(line IN LISTS PITH_LAYER_LINES)
    string(REGEX MATCH "^[a-z]+" layer ${line})
    list(APPEND PITH_LAYERS ${layer})
endforeach()

# The linker itself, called as what it is.
find_program(PITH_LINKER ld.lld-19 REQUIRED)
set(CMAKE_CXX_LINK_EXECUTABLE
    "${PITH_LINKER} -nostdlib -static --gc-sections -z max-page-size=4096 -z noexecstack --build-id=none <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")

# pith_linker_script(OUTPUT SOURCE): linker scripts share their numbers with C++, so they go through the
# preprocessor. PITH_SCRIPT_OPTIONS: more for that.
function(pith_linker_script output source)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_ASM_COMPILER} -E -P -x c -I ${PROJECT_SOURCE_DIR}/kernel ${PITH_SCRIPT_OPTIONS} ${source} -o ${output}
        DEPENDS ${source} ${PROJECT_SOURCE_DIR}/kernel/memory/layout.inc ${PROJECT_SOURCE_DIR}/kernel/boot/image_size.inc
        VERBATIM)
endfunction()

# pith_objects(NAME sources...): code of a kernel, compiled.
function(pith_objects name)
    add_library(${name} OBJECT ${ARGN})
    target_link_libraries(${name} PRIVATE pith_kernel_flags pith_strict)
endfunction()

# pith_kernel(NAME OUTPUT LAYER [MOVED] sources...): a kernel that links the layers up to LAYER and no higher, and its
# ISO (target NAME-iso).
#
# It is linked twice: the first link says where every function lies, from which the symbol table is made; the
# second puts the table in. The table stands behind all code, so no function moves, and that is checked.
#
# One that is MOVED when it boots (kernel/boot/move.S) is linked a third time: the second link says where the image names
# its own addresses, and the third puts that list in, behind all else.
function(pith_kernel name output layer)
    cmake_parse_arguments(PARSE_ARGV 3 kernel "MOVED" "" "")
    set(script ${CMAKE_CURRENT_BINARY_DIR}/${name}.ld)
    set(symbols ${CMAKE_CURRENT_BINARY_DIR}/${name}.symbols)
    set(table ${CMAKE_CURRENT_BINARY_DIR}/${name}.symbols.S)
    pith_linker_script(${script} ${PROJECT_SOURCE_DIR}/kernel/boot/kernel.ld)

    pith_objects(${name}-objects ${kernel_UNPARSED_ARGUMENTS})

    add_executable(${name}-first ${script})
    pith_link(${name}-first ${name}-objects ${layer} ${script})

    file(CONFIGURE OUTPUT ${table} CONTENT
        "    .section .symbols, \"a\", @progbits\n    .incbin \"${symbols}\"\n")
    add_custom_command(OUTPUT ${symbols}
        COMMAND ${PITH_PYTHON} -m pith.symbols $<TARGET_FILE:${name}-first> ${symbols}
        DEPENDS ${name}-first ${PROJECT_SOURCE_DIR}/tools/pith/symbols.py
        COMMENT "Symbol table of ${name}" VERBATIM)
    set_source_files_properties(${table} PROPERTIES OBJECT_DEPENDS ${symbols})

    add_executable(${name} ${script} ${table})
    pith_link(${name} ${name}-objects ${layer} ${script})
    if(kernel_MOVED)
        pith_move(${name} ${layer} ${script} ${table})
    endif()
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND ${PITH_PYTHON} -m pith.symbols --check $<TARGET_FILE:${name}-first> $<TARGET_FILE:${name}>
        COMMAND ${PITH_PYTHON} -m pith.fixups $<TARGET_FILE:${name}>
        VERBATIM)
    pith_artifact(${name} ${output})
endfunction()

# The link between the first and the last, and the list that is made of it.
function(pith_move name layer script table)
    set(places ${CMAKE_CURRENT_BINARY_DIR}/${name}.places)
    set(list ${CMAKE_CURRENT_BINARY_DIR}/${name}.places.S)
    add_executable(${name}-second ${script} ${table})
    pith_link(${name}-second ${name}-objects ${layer} ${script})
    target_link_options(${name}-second PRIVATE --emit-relocs)

    file(CONFIGURE OUTPUT ${list} CONTENT
        "    .section .relocations, \"a\", @progbits\n    .incbin \"${places}\"\n")
    add_custom_command(OUTPUT ${places}
        COMMAND ${PITH_PYTHON} -m pith.relocations $<TARGET_FILE:${name}-second> ${places}
        DEPENDS ${name}-second ${PROJECT_SOURCE_DIR}/tools/pith/relocations.py ${PROJECT_SOURCE_DIR}/tools/pith/symbols.py
            ${PROJECT_SOURCE_DIR}/tools/pith/layout.py ${PROJECT_SOURCE_DIR}/kernel/memory/layout.inc
        COMMENT "Where ${name} names its own addresses" VERBATIM)
    set_source_files_properties(${list} PROPERTIES OBJECT_DEPENDS ${places})
    target_sources(${name} PRIVATE ${list})
    foreach(link ${name}-first ${name}-second ${name})
        target_link_options(${link} PRIVATE --undefined=move_kernel)
    endforeach()
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND ${PITH_PYTHON} -m pith.links $<TARGET_FILE:${name}-second> $<TARGET_FILE:${name}> VERBATIM)
endfunction()

function(pith_link target objects layer script)
    target_link_libraries(${target} PRIVATE ${objects} pith_layer_${layer})
    target_link_options(${target} PRIVATE -T ${script})
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${script} LINKER_LANGUAGE CXX)
endfunction()

# pith_bare_kernel(NAME OUTPUT SCRIPT sources...): one that stands alone, with its own linker script (chapter 1).
function(pith_bare_kernel name output script)
    add_executable(${name} ${ARGN})
    target_link_options(${name} PRIVATE -T ${script})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX LINK_DEPENDS ${script})
    target_compile_options(${name} PRIVATE -g -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -fdebug-compilation-dir=.)
    pith_artifact(${name} ${output})
endfunction()

# pith_folder_kernel(NAME OUTPUT LAYER FOLDER sources...): the kernel that a folder holds. With the layer "none" it stands alone;
# its linker script is the folder's kernel.ld, or else chapter 1's. {"heap": "checking"} in its kernel.json is pith_check_heap.
function(pith_folder_kernel name output layer folder)
    if(NOT layer STREQUAL "none")
        pith_kernel(${name} ${output} ${layer} ${ARGN})
        target_include_directories(${name}-objects PRIVATE ${folder})
        if(EXISTS ${folder}/kernel.json)
            file(READ ${folder}/kernel.json text)
            string(JSON heap ERROR_VARIABLE has_none GET "${text}" heap)
            if(heap STREQUAL "checking")
                pith_check_heap(${name})
            endif()
        endif()
    elseif(EXISTS ${folder}/kernel.ld)
        pith_bare_kernel(${name} ${output} ${folder}/kernel.ld ${ARGN})
    else()
        pith_bare_kernel(${name} ${output} ${PROJECT_SOURCE_DIR}/chapters/01-minimal/kernel.ld ${ARGN})
    endif()
endfunction()

# pith_json(VARIABLE QUESTION FILE NAME...): what string(JSON) answers about a file (GET, LENGTH). The build is configured anew when
# the file changes.
function(pith_json variable question file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(JSON value ${question} "${text}" ${ARGN})
    set(${variable} "${value}" PARENT_SCOPE)
endfunction()

# pith_check_heap(NAME): the kernel NAME has the heap in checking mode. Its operator new and delete are objects; so the
# linker takes them, and leaves the layer's in their library.
function(pith_check_heap name)
    pith_take(${name} pith_checking_heap)
endfunction()

# pith_take(NAME OBJECTS): the kernel NAME links these objects, too, in both of its links.
function(pith_take name objects)
    target_link_libraries(${name}-first PRIVATE ${objects})
    target_link_libraries(${name} PRIVATE ${objects})
    if(TARGET ${name}-second)
        target_link_libraries(${name}-second PRIVATE ${objects})
    endif()
endfunction()

# What compiles code so that each access to memory asks before whether it may (kernel/heap/checked/address_sanitizer.cpp).
# (The driver offers it for some systems only; the compiler proper for all.) Calls, and never checks in place: the shadow
# is ours. The heap's blocks are looked at; stacks and globals are not, nor is what a vector has left in its block: then all
# code that it is given to would have to be compiled so.
string(JOIN " " PITH_ADDRESS_SANITIZER
    -Xclang -fsanitize=kernel-address -Xclang -fsanitize-recover=kernel-address
    -mllvm -asan-instrumentation-with-call-threshold=0 -mllvm -asan-kernel-mem-intrinsic-prefix=1
    -mllvm -asan-stack=0 -mllvm -asan-globals=0 -D_LIBCPP_HAS_NO_ASAN)

# pith_sanitize_addresses(NAME): all of the kernel NAME that is not of the layers: they lie below the heap and hardly
# touch it. It needs pith_check_heap.
function(pith_sanitize_addresses name)
    target_compile_options(${name}-objects PRIVATE "SHELL:${PITH_ADDRESS_SANITIZER}")
endfunction()

# pith_machine_tests(NAME ELF PREFIX options...): a CTest test for each test in the kernel NAME. It is asked for their names. The
# options are those of tools/pith/machine_list.py.
function(pith_machine_tests name elf prefix)
    set(list ${CMAKE_CURRENT_BINARY_DIR}/${name}.cmake)
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND ${PITH_PYTHON} -m pith.machine_list --kernel ${elf} --output ${list} --prefix ${prefix} ${ARGN}
        COMMENT "Listing the tests of ${name}" VERBATIM)
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${list})
endfunction()

# pith_artifact(NAME OUTPUT): puts the kernel at its fixed place, and adds its ISO beside it. The ISO is made with all else, or only
# when it is asked for, where PITH_ISO_IN_ALL is empty.
set(PITH_ISO_IN_ALL ALL)
function(pith_artifact name output)
    cmake_path(GET output PARENT_PATH folder)
    cmake_path(GET output STEM LAST_ONLY stem)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder} OUTPUT_NAME ${stem} SUFFIX .elf)
    add_custom_command(OUTPUT ${folder}/${stem}.iso
        COMMAND ${PITH_PYTHON} -m pith.iso ${output} ${folder}/${stem}.iso
        DEPENDS ${name} ${PROJECT_SOURCE_DIR}/tools/pith/iso.py
        COMMENT "ISO of ${name}" VERBATIM)
    add_custom_target(${name}-iso ${PITH_ISO_IN_ALL} DEPENDS ${folder}/${stem}.iso)
endfunction()

# pith_image(OUTPUT ELF WAY): the options that name what a kernel is started from.
function(pith_image output elf way)
    cmake_path(REPLACE_EXTENSION elf LAST_ONLY .iso OUTPUT_VARIABLE iso)
    if(way STREQUAL "pvh")
        set(${output} --boot pvh --kernel ${elf} PARENT_SCOPE)
    else()
        set(${output} --boot ${way} --iso ${iso} PARENT_SCOPE)
    endif()
endfunction()

# pith_boot_test(NAME ELF WAY options...): a CTest test that boots a kernel by WAY (pvh, bios or uefi); the options
# are those of tools/pith/machine_test.py.
function(pith_boot_test name elf way)
    pith_image(image ${elf} ${way})
    add_test(NAME ${name} COMMAND ${PITH_PYTHON} -m pith.machine_test ${image} ${ARGN})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()

# pith_session_test(NAME ELF WAY SCRIPT options...): a CTest test that boots a kernel by WAY and plays a session at its prompt
# (tools/pith/play.py).
function(pith_session_test name elf way script)
    pith_image(image ${elf} ${way})
    cmake_path(ABSOLUTE_PATH script)
    add_test(NAME ${name} COMMAND ${PITH_PYTHON} -m pith.play ${script} ${image} --font ${PITH_FONT} ${ARGN})
    set_tests_properties(${name} PROPERTIES TIMEOUT 240)
endfunction()
