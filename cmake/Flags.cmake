# SPDX-License-Identifier: Apache-2.0
# Warnings and hardening as one INTERFACE target; every flag is probed,
# because gcc and clang of one distribution already disagree.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(cccd_flags INTERFACE)
target_compile_features(cccd_flags INTERFACE c_std_11)
target_compile_definitions(cccd_flags INTERFACE _POSIX_C_SOURCE=200809L)

function(cccd_flag)
	foreach(flag IN LISTS ARGN)
		string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
		check_c_compiler_flag("-Werror ${flag}" ${have})
		if(${have})
			target_compile_options(cccd_flags INTERFACE ${flag})
		endif()
	endforeach()
endfunction()

cccd_flag(-Wall -Wextra -Wpedantic
	-Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
	-Wwrite-strings -Wpointer-arith -Wundef -Wvla -Wformat=2
	-Wnull-dereference -Wimplicit-fallthrough -Wswitch-enum
	-Wframe-larger-than=4096 -Wdouble-promotion
	-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wtrampolines
	-Warith-conversion -Wcomma -Wconditional-uninitialized -Wassign-enum
	-Wmissing-variable-declarations)
cccd_flag(-fstack-protector-strong -fstack-clash-protection -fcf-protection
	-fno-common -fno-strict-aliasing)

if(CCCD_SANITIZE)
	# gcc -O1 with sanitizers reports impossible null paths.
	cccd_flag(-Wno-null-dereference)
	target_compile_options(cccd_flags INTERFACE
		-fsanitize=${CCCD_SANITIZE} -fno-sanitize-recover=all
		-fno-omit-frame-pointer)
	target_link_options(cccd_flags INTERFACE
		-fsanitize=${CCCD_SANITIZE} -fno-sanitize-recover=all)
	# Redzones enlarge frames; the limit is for the real build.
	cccd_flag(-Wno-frame-larger-than)
else()
	# Left out of sanitizer builds, where it would hide uninitialised reads.
	cccd_flag(-ftrivial-auto-var-init=zero)
	target_compile_options(cccd_flags INTERFACE
		$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>)
endif()

target_compile_options(cccd_flags INTERFACE
	$<$<BOOL:${CCCD_WERROR}>:-Werror>)
target_link_options(cccd_flags INTERFACE
	-Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
