# Files that say which tests a kernel cannot run: a line has the name of one, and why. (tools/pith/machine_list.py reads such files,
# too, for the tests that a kernel names itself.)

# pith_without(VARIABLE FILE): the names. Each has to have a reason. The build is configured anew when the file changes.
function(pith_without variable file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(REGEX REPLACE "[][;]" "_" text "${text}")   # what lists of CMake would take for their own
    string(REGEX MATCHALL "[^\n]+" lines "${text}")
    list(FILTER lines EXCLUDE REGEX "^#")
    set(names)
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "^([^ ]+) +[^ ]")
            message(FATAL_ERROR "${file}: '${line}' has no reason")
        endif()
        list(APPEND names ${CMAKE_MATCH_1})
    endforeach()
    set(${variable} ${names} PARENT_SCOPE)
endfunction()

# pith_check_without(FILE tests...): each name is one of these tests, or the build cannot be configured.
function(pith_check_without file)
    pith_without(names ${file})
    list(REMOVE_ITEM names ${ARGN})
    if(names)
        string(JOIN " " names ${names})
        message(FATAL_ERROR "${file}: to be left out, and no test: ${names}")
    endif()
endfunction()
