/* SPDX-License-Identifier: Apache-2.0 */
/* Serialised origins: whole ones, in the one spelling browsers send. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json/registry.h"

enum { LABEL_MAX = 63, HOST_MAX = 253 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_host_letter(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

/* Labels between dots, none empty, none with a hyphen at an end. */
static bool is_name(const char *host, size_t len)
{
	size_t label = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && host[i] != '.') {
			if (!is_host_letter(host[i]) || ++label > LABEL_MAX)
				return false;
			continue;
		}
		if (label == 0 || host[i - label] == '-' || host[i - 1] == '-')
			return false;
		label = 0;
	}
	return true;
}

/* A browser takes a host whose last label is a number for an IPv4 address,
 * and spells it with four. */
static bool is_plain_number_end(const char *host, size_t len)
{
	size_t at = len;

	while (at > 0 && host[at - 1] != '.')
		at--;
	if (len - at >= 2 && host[at] == '0' && host[at + 1] == 'x')
		return true;
	for (; at < len; at++)
		if (!is_digit(host[at]))
			return false;
	return true;
}

/* Whether the address is spelled as the system would. */
static bool is_address(int family, const char *host, size_t len)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN] = "";
	char again[INET6_ADDRSTRLEN] = "";

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, host, len);
	return inet_pton(family, copy, bytes) == 1 &&
	       inet_ntop(family, bytes, again, sizeof(again)) != NULL &&
	       strcmp(copy, again) == 0;
}

static bool is_host(const char *host, size_t len)
{
	if (len == 0 || len > HOST_MAX)
		return false;
	if (host[0] == '[')
		/* Mapped IPv4 has two spellings: none of them is taken. */
		return len > 2 && host[len - 1] == ']' &&
		       memchr(host, '.', len) == NULL &&
		       is_address(AF_INET6, host + 1, len - 2);
	if (!is_name(host, len))
		return false;
	return !is_plain_number_end(host, len) ||
	       is_address(AF_INET, host, len);
}

static bool is_loopback(const char *host, size_t len)
{
	static const char *const names[] = { "localhost", "127.0.0.1",
		                             "[::1]" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], host, len) == 0)
			return true;
	return false;
}

/* @text follows the colon. */
static const char *check_port(const char *text, unsigned long own)
{
	unsigned long port = 0;

	if (!is_digit(text[0]) || text[0] == '0' || strlen(text) > 5 ||
	    strspn(text, "0123456789") != strlen(text))
		return "the port is no number, or has a zero in front";
	port = strtoul(text, NULL, 10);
	if (port > 65535)
		return "the port is above 65535";
	if (port == own)
		return "browsers leave out the scheme's own port";
	return NULL;
}

/* What a person may write by mistake, each with a reason of its own. */
static const char *check_spelling(const char *text)
{
	const char *host = strstr(text, "://");

	if (strlen(text) >= RP_ORIGIN_MAX)
		return "it is too long";
	if (strchr(text, '*') != NULL)
		return "patterns are not taken: name each origin whole";
	for (const char *at = text; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			return "browsers send origins in lower case";
	if (host == NULL ||
	    (strncmp(text, "https:", 6) != 0 && strncmp(text, "http:", 5) != 0))
		return "it does not begin with https:// or http://";
	if (strpbrk(host + 3, "/?#@\\") != NULL)
		return "an origin has no path, query, user or final slash";
	return NULL;
}

/* Host and port behind the scheme. */
static const char *check_host(const char *host, bool secure)
{
	size_t len =
	        host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

	if (len > strlen(host) || !is_host(host, len) ||
	    (host[len] != '\0' && host[len] != ':'))
		return "its host is not spelled as browsers do";
	if (!secure && !is_loopback(host, len))
		return "http is only for localhost, 127.0.0.1 and [::1]";
	return host[len] == '\0'
	               ? NULL
	               : check_port(host + len + 1, secure ? 443 : 80);
}

const char *json_origin_check(const char *text)
{
	const char *reason = check_spelling(text);

	if (reason != NULL)
		return reason;
	if (strncmp(text, "https://", 8) == 0)
		return check_host(text + 8, true);
	if (strncmp(text, "http://", 7) == 0)
		return check_host(text + 7, false);
	return "it does not begin with https:// or http://";
}
