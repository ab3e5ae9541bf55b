# SPDX-License-Identifier: Apache-2.0
# llhttp, from the library where the distribution has one, else from the C
# sources that Debian 12's node-llhttp installs. Sets CCCD_LLHTTP_FOUND and
# the target cccd::llhttp.
pkg_check_modules(LLHTTP QUIET IMPORTED_TARGET libllhttp)
set(CCCD_LLHTTP_SOURCES /usr/share/llhttp CACHE PATH
	"C sources of llhttp, used when there is no libllhttp")
set(CCCD_LLHTTP_FOUND OFF)
if(LLHTTP_FOUND)
	add_library(cccd::llhttp ALIAS PkgConfig::LLHTTP)
	set(CCCD_LLHTTP_FOUND ON)
else()
	find_path(CCCD_LLHTTP_INCLUDE llhttp.h
		PATHS /usr/share/include/llhttp /usr/include/llhttp
		NO_DEFAULT_PATH)
	if(CCCD_LLHTTP_INCLUDE AND EXISTS ${CCCD_LLHTTP_SOURCES}/llhttp.c)
		# Generated code of others: not under our warnings.
		add_library(cccd_llhttp STATIC ${CCCD_LLHTTP_SOURCES}/api.c
			${CCCD_LLHTTP_SOURCES}/http.c
			${CCCD_LLHTTP_SOURCES}/llhttp.c)
		target_include_directories(cccd_llhttp SYSTEM PUBLIC
			${CCCD_LLHTTP_INCLUDE})
		target_compile_options(cccd_llhttp PRIVATE -w)
		if(CCCD_SANITIZE)
			target_compile_options(cccd_llhttp PRIVATE
				-fsanitize=${CCCD_SANITIZE})
		endif()
		add_library(cccd::llhttp ALIAS cccd_llhttp)
		set(CCCD_LLHTTP_FOUND ON)
	endif()
endif()
