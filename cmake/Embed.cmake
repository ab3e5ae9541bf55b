# SPDX-License-Identifier: Apache-2.0
# Make a C file of the documents that the service hands out:
#   cmake -DOUT=file.c -DDIR=docs/api -DSCHEMAS=a,b,c -P Embed.cmake
function(put_bytes symbol text)
	set(scratch ${OUT}.part)
	file(WRITE ${scratch} "${text}")
	file(READ ${scratch} hex HEX)
	file(REMOVE ${scratch})
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
	string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
		"\\1\n" hex "${hex}")
	file(APPEND ${OUT} "static const uint8_t ${symbol}[] = {\n${hex}\n};\n")
endfunction()

file(WRITE ${OUT} "#include \"service/api/private.h\"\n")
file(READ ${DIR}/openapi.json text)
# Where it is served, its schemas stand beside it under their names.
string(REGEX REPLACE "\"([a-z-]+)\\.schema\\.json\"" "\"schemas/\\1.json\""
	text "${text}")
put_bytes(openapi "${text}")
string(REPLACE "," ";" names "${SCHEMAS}")
set(rows)
foreach(name IN LISTS names)
	string(MAKE_C_IDENTIFIER "schema_${name}" symbol)
	file(READ ${DIR}/${name}.schema.json text)
	put_bytes(${symbol} "${text}")
	string(APPEND rows
		"\t{ \"${name}.json\", ${symbol}, sizeof(${symbol}) },\n")
endforeach()
file(APPEND ${OUT} "const struct document api_openapi = { \"openapi.json\",
	openapi, sizeof(openapi) };
const struct document api_schemas[] = {
${rows}};
const size_t api_schema_count = sizeof(api_schemas) / sizeof(api_schemas[0]);
")
