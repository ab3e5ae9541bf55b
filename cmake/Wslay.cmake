# SPDX-License-Identifier: Apache-2.0
# wslay, which Debian 12 ships without a pkg-config file. Sets
# CCCD_WSLAY_FOUND and the target cccd::wslay.
find_path(CCCD_WSLAY_INCLUDE wslay/wslay.h)
find_library(CCCD_WSLAY_LIBRARY wslay)
set(CCCD_WSLAY_FOUND OFF)
if(CCCD_WSLAY_INCLUDE AND CCCD_WSLAY_LIBRARY)
	add_library(cccd::wslay UNKNOWN IMPORTED)
	set_target_properties(cccd::wslay PROPERTIES
		IMPORTED_LOCATION ${CCCD_WSLAY_LIBRARY}
		INTERFACE_INCLUDE_DIRECTORIES ${CCCD_WSLAY_INCLUDE})
	set(CCCD_WSLAY_FOUND ON)
endif()
