# The building words of this project: dim_floor, dim_link, dim_test.
# SPDX-License-Identifier: GPL-2.0-or-later

include(GoogleTest)

# What every file of ours is compiled with; linked privately, so it never leaks out.
add_library(dim-flags INTERFACE)
target_compile_options(
    dim-flags
    INTERFACE -Wall -Wextra -Wshadow -Wundef -Wformat=2 -Wvla -Wpointer-arith -Wcast-qual
              "$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes;-Werror=implicit-function-declaration;-Werror=int-conversion;-Werror=incompatible-pointer-types>"
              $<$<BOOL:${DIM_WERROR}>:-Werror>
              -fstack-protector-strong)
target_compile_definitions(
    dim-flags
    INTERFACE GLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74
              GLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_74
              DIM_VERSION="${PROJECT_VERSION}"
              GETTEXT_PACKAGE="purple-dim")
target_include_directories(dim-flags INTERFACE ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR})

# Source files that are listed but not written yet are left out, aloud.
function(dim_present_sources out)
    set(present)
    foreach(source IN LISTS ARGN)
        if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${source} OR IS_ABSOLUTE ${source})
            list(APPEND present ${source})
        else()
            message(WARNING "${CMAKE_CURRENT_SOURCE_DIR}/${source} is listed but does not exist")
        endif()
    endforeach()
    set(${out} ${present} PARENT_SCOPE)
endfunction()

# dim_floor(<folder> SOURCES a.c ... NEEDS <floors below> LIBS <targets>)
#
# Makes the OBJECT library dim-<folder>. OBJECT libraries are not transitive, which is the point:
# what a test or program links is what it lists. NEEDS says which floors this one calls directly;
# a floor that is not there yet (not below) is an error, so the order of add_subdirectory holds.
function(dim_floor folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;NEEDS;LIBS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "dim_floor(${folder}): what is '${arg_UNPARSED_ARGUMENTS}'?")
    endif()
    dim_present_sources(sources ${arg_SOURCES})
    if(NOT sources)
        message(WARNING "dim_floor(${folder}): no source file yet; the floor is left out")
        return()
    endif()
    add_library(dim-${folder} OBJECT ${sources})
    target_link_libraries(dim-${folder} PRIVATE dim-flags PkgConfig::GLIB ${arg_LIBS})
    target_compile_definitions(dim-${folder} PRIVATE G_LOG_DOMAIN="dim-${folder}")
    set(closure)
    set(libs PkgConfig::GLIB ${arg_LIBS})
    foreach(need IN LISTS arg_NEEDS)
        if(NOT TARGET dim-${need})
            message(WARNING "dim_floor(${folder}): floor '${need}' is not below it (or not written yet)")
            continue()
        endif()
        get_target_property(deeper dim-${need} DIM_CLOSURE)
        list(APPEND closure ${need} ${deeper})
    endforeach()
    list(REMOVE_DUPLICATES closure)
    set_target_properties(dim-${folder} PROPERTIES DIM_CLOSURE "${closure}" DIM_LIBS "${libs}")
endfunction()

# dim_link(<target> FLOORS <floors> LIBS <targets>): the objects of exactly these floors, and
# the libraries that these floors use. For programs, the plugin, tests, fuzz targets alike.
function(dim_link target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FLOORS;LIBS")
    set(libs PkgConfig::GLIB)
    foreach(floor IN LISTS arg_FLOORS)
        if(NOT TARGET dim-${floor})
            message(FATAL_ERROR "dim_link(${target}): there is no floor '${floor}'")
        endif()
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:dim-${floor}>)
        get_target_property(its_libs dim-${floor} DIM_LIBS)
        list(APPEND libs ${its_libs})
    endforeach()
    list(REMOVE_DUPLICATES libs)
    target_link_libraries(${target} PRIVATE dim-flags ${libs} ${arg_LIBS})
endfunction()

# dim_has_floors(<out> <floors>...): TRUE when all are there.
function(dim_has_floors out)
    set(${out} TRUE PARENT_SCOPE)
    foreach(floor IN LISTS ARGN)
        if(NOT TARGET dim-${floor})
            set(${out} FALSE PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

# dim_test(<folder> <name> FLOORS <floors below> LIBS <targets>)
#
# One test program from <name>.cc, one ctest entry <folder>/<name>, label unit. It links its own
# floor and the listed floors, nothing else: a call upwards does not link.
function(dim_test folder name)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "TIMEOUT" "FLOORS;LIBS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "dim_test(${folder} ${name}): what is '${arg_UNPARSED_ARGUMENTS}'?")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set(floors ${folder} ${arg_FLOORS})
    list(REMOVE_DUPLICATES floors)
    dim_has_floors(complete ${floors})
    dim_present_sources(source ${name}.cc)
    if(NOT complete OR NOT source)
        message(WARNING "dim_test(${folder} ${name}): left out, a floor or the file is not there yet")
        return()
    endif()
    get_target_property(closure dim-${folder} DIM_CLOSURE)
    foreach(floor IN LISTS floors)
        if(NOT floor STREQUAL folder AND NOT floor IN_LIST closure)
            message(FATAL_ERROR "dim_test(${folder} ${name}): '${floor}' is not below '${folder}'")
        endif()
    endforeach()
    set(target unit-${folder}-${name})
    add_executable(${target} ${name}.cc)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name})
    target_compile_definitions(${target} PRIVATE G_LOG_DOMAIN="test-${folder}")
    dim_link(${target} FLOORS ${floors} LIBS ${arg_LIBS} GTest::gtest_main)
    add_test(NAME ${folder}/${name} COMMAND ${target} --gtest_brief=1)
    set_tests_properties(${folder}/${name} PROPERTIES LABELS unit TIMEOUT ${arg_TIMEOUT})
    # The jitter generator of libgcrypt keeps its one buffer where LeakSanitizer does not look. The
    # tests of crypto/ set that buffer apart by themselves, so there a real leak still shows.
    if(DIM_ASAN AND NOT folder STREQUAL "crypto")
        set_tests_properties(
            ${folder}/${name} PROPERTIES ENVIRONMENT
            "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/unit/lsan.supp:print_suppressions=0")
    endif()
endfunction()
