# SPDX-License-Identifier: Apache-2.0
# One room = one target; its sources are listed, never globbed.

# cccd_room(name SOURCES a.c … USES room… LIBS external…)
# Makes the object library cccd_NAME with the rooms below it.
function(cccd_room name)
	cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;LIBS")
	add_library(cccd_${name} OBJECT ${room_SOURCES})
	target_include_directories(cccd_${name} PUBLIC
		$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
		$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
	target_link_libraries(cccd_${name} PRIVATE cccd_flags)
	target_link_libraries(cccd_${name} PRIVATE ${room_LIBS})
	# Remembered transitively, so that a test can name its top room only.
	set(closure ${name})
	foreach(other IN LISTS room_USES)
		get_property(below GLOBAL PROPERTY CCCD_ROOM_${other})
		list(APPEND closure ${below})
	endforeach()
	list(REMOVE_DUPLICATES closure)
	set_property(GLOBAL PROPERTY CCCD_ROOM_${name} "${closure}")
	set_property(GLOBAL PROPERTY CCCD_LIBS_${name} "${room_LIBS}")
endfunction()

# cccd_link_rooms(target room…): the rooms, all rooms below, their libraries.
function(cccd_link_rooms target)
	set(closure)
	foreach(room IN LISTS ARGN)
		get_property(below GLOBAL PROPERTY CCCD_ROOM_${room})
		if(NOT below)
			message(FATAL_ERROR "unknown room ${room} for ${target}")
		endif()
		list(APPEND closure ${below})
	endforeach()
	list(REMOVE_DUPLICATES closure)
	foreach(room IN LISTS closure)
		get_property(libs GLOBAL PROPERTY CCCD_LIBS_${room})
		target_sources(${target} PRIVATE $<TARGET_OBJECTS:cccd_${room}>)
		target_link_libraries(${target} PRIVATE ${libs})
	endforeach()
	target_include_directories(${target} PRIVATE
		${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
	target_link_libraries(${target} PRIVATE cccd_flags)
endfunction()

# Two hundred test programs are linked with all rooms each: where there is a
# quick linker, they take a third of the time. The products keep the usual one.
include(CheckLinkerFlag)
check_linker_flag(C -fuse-ld=lld CCCD_LLD)
function(cccd_link_quickly target)
	if(CCCD_LLD)
		target_link_options(${target} PRIVATE -fuse-ld=lld)
	endif()
endfunction()

# cccd_test(name LABELS … ROOMS … SOURCES … [LIBS …] [TIMEOUT s])
# CTest NAME (dots follow the tree), program test_NAME.
function(cccd_test name)
	cmake_parse_arguments(PARSE_ARGV 1 t "" "TIMEOUT" "LABELS;ROOMS;SOURCES;LIBS;ENV")
	if(NOT BUILD_TESTING)
		return()
	endif()
	string(REPLACE "." "_" id "${name}")
	add_executable(test_${id} ${t_SOURCES})
	cccd_link_rooms(test_${id} ${t_ROOMS})
	target_link_libraries(test_${id} PRIVATE
		cccd_test_support ${t_LIBS} PkgConfig::CMOCKA)
	cccd_link_quickly(test_${id})
	add_test(NAME ${name} COMMAND test_${id})
	if(NOT t_TIMEOUT)
		set(t_TIMEOUT 120)
	endif()
	set_tests_properties(${name} PROPERTIES LABELS "${t_LABELS}"
		TIMEOUT ${t_TIMEOUT}
		ENVIRONMENT "CCCD_SOURCE_DIR=${PROJECT_SOURCE_DIR};CCCD_BUILD_DIR=${PROJECT_BINARY_DIR};LC_ALL=C.UTF-8;${t_ENV}")
endfunction()

# cccd_fuzz(name ROOMS … SOURCES … [CORPUS dir])
# With CCCD_FUZZ (clang): a libFuzzer program. Otherwise the same source is
# linked with a replay main, so every build runs the corpus as a test.
function(cccd_fuzz name)
	cmake_parse_arguments(PARSE_ARGV 1 f "" "CORPUS" "ROOMS;SOURCES;LIBS")
	if(NOT BUILD_TESTING)
		return()
	endif()
	if(NOT f_CORPUS)
		set(f_CORPUS ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
	endif()
	add_executable(fuzz_${name} ${f_SOURCES})
	cccd_link_quickly(fuzz_${name})
	cccd_link_rooms(fuzz_${name} ${f_ROOMS})
	target_link_libraries(fuzz_${name} PRIVATE ${f_LIBS})
	if(CCCD_FUZZ)
		target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
		add_test(NAME fuzz.${name} COMMAND fuzz_${name}
			-max_total_time=${CCCD_FUZZ_SECONDS} -timeout=10
			-rss_limit_mb=1024 -print_final_stats=0
			${PROJECT_BINARY_DIR}/corpus/${name} ${f_CORPUS})
		file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/corpus/${name})
	else()
		target_sources(fuzz_${name} PRIVATE
			${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.c)
		add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${f_CORPUS})
	endif()
	set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
	# For a build that wants nothing else.
	if(NOT TARGET fuzz_targets)
		add_custom_target(fuzz_targets)
	endif()
	add_dependencies(fuzz_targets fuzz_${name})
endfunction()
