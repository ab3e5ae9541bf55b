/* SPDX-License-Identifier: Apache-2.0 */
/* libpcsclite replaced: calls fail in turn and answers lie. */
#include "tests/reader/fake_winscard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

struct fake fake;
const char fake_one_reader[FAKE_ONE_READER] = "Fake reader\0";
const char fake_short_reader[FAKE_SHORT_READER] =
        "ACS ACR122U PICC Interface 00 00\0";

void fake_reset(void)
{
	fake = (struct fake){ .names = fake_one_reader,
		              .names_len = sizeof(fake_one_reader),
		              .response_len = 2 };
}

/* Whether this call is one to fail. */
static bool fails(void)
{
	int call = atomic_fetch_add(&fake.calls, 1) + 1;

	if (fake.fail_at > 0 && call > fake.fail_at)
		fake.code = fake.after;
	return fake.fail_at > 0 && call >= fake.fail_at &&
	       fake.code != SCARD_S_SUCCESS;
}

LONG __wrap_SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b,
                                  LPSCARDCONTEXT context);
LONG __wrap_SCardReleaseContext(SCARDCONTEXT context);
LONG __wrap_SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names,
                             LPDWORD len);
LONG __wrap_SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
                                 SCARD_READERSTATE *states, DWORD count);
LONG __wrap_SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD share,
                         DWORD protocols, LPSCARDHANDLE handle,
                         LPDWORD protocol);
LONG __wrap_SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
                           DWORD how, LPDWORD protocol);
LONG __wrap_SCardDisconnect(SCARDHANDLE handle, DWORD how);
LONG __wrap_SCardBeginTransaction(SCARDHANDLE handle);
LONG __wrap_SCardEndTransaction(SCARDHANDLE handle, DWORD how);
LONG __wrap_SCardStatus(SCARDHANDLE handle, LPSTR name, LPDWORD name_len,
                        LPDWORD state, LPDWORD protocol, LPBYTE atr,
                        LPDWORD atr_len);
LONG __wrap_SCardControl(SCARDHANDLE handle, DWORD control, LPCVOID in,
                         DWORD in_len, LPVOID out, DWORD out_max,
                         LPDWORD out_len);
LONG __wrap_SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
                          LPCBYTE in, DWORD in_len, SCARD_IO_REQUEST *got,
                          LPBYTE out, LPDWORD out_len);
LONG __wrap_SCardCancel(SCARDCONTEXT context);

LONG __wrap_SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b,
                                  LPSCARDCONTEXT context)
{
	(void)scope;
	(void)a;
	(void)b;
	if (fake.refusals > 0) {
		fake.refusals--;
		return SCARD_W_SECURITY_VIOLATION;
	}
	if (fails())
		return fake.code;
	atomic_fetch_add(&fake.contexts, 1);
	*context = 7;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	atomic_fetch_sub(&fake.contexts, 1);
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names,
                             LPDWORD len)
{
	(void)context;
	(void)groups;
	if (fails())
		return fake.code;
	if (names != NULL)
		memcpy(names, fake.names,
		       fake.names == fake_one_reader
		               ? sizeof(fake_one_reader)
		               : sizeof(fake_short_reader));
	*len = fake.names_len;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
                                 SCARD_READERSTATE *states, DWORD count)
{
	(void)context;
	(void)timeout;
	if (fails())
		return fake.code;
	for (DWORD i = 0; i < count; i++)
		states[i].dwEventState = SCARD_STATE_PRESENT;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD share,
                         DWORD protocols, LPSCARDHANDLE handle,
                         LPDWORD protocol)
{
	(void)context;
	(void)name;
	(void)protocols;
	assert_int_equal(share, SCARD_SHARE_EXCLUSIVE);
	if (fails())
		return fake.code;
	if (fake.refuses_card)
		return SCARD_W_SECURITY_VIOLATION;
	if (fake.mismatches > 0) {
		fake.mismatches--;
		return SCARD_E_PROTO_MISMATCH;
	}
	atomic_fetch_add(&fake.handles, 1);
	*handle = 9;
	*protocol = SCARD_PROTOCOL_T1;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
                           DWORD how, LPDWORD protocol)
{
	(void)handle;
	(void)share;
	(void)protocols;
	(void)how;
	*protocol = SCARD_PROTOCOL_T1;
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardDisconnect(SCARDHANDLE handle, DWORD how)
{
	(void)handle;
	/* No session may stay behind. */
	assert_int_equal(how, SCARD_RESET_CARD);
	atomic_fetch_sub(&fake.handles, 1);
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardBeginTransaction(SCARDHANDLE handle)
{
	(void)handle;
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardEndTransaction(SCARDHANDLE handle, DWORD how)
{
	(void)handle;
	(void)how;
	return fails() ? fake.code : SCARD_S_SUCCESS;
}

LONG __wrap_SCardStatus(SCARDHANDLE handle, LPSTR name, LPDWORD name_len,
                        LPDWORD state, LPDWORD protocol, LPBYTE atr,
                        LPDWORD atr_len)
{
	(void)handle;
	(void)name;
	(void)name_len;
	(void)state;
	(void)protocol;
	if (fails())
		return fake.code;
	memset(atr, 0x3B, 4);
	*atr_len = 4;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardControl(SCARDHANDLE handle, DWORD control, LPCVOID in,
                         DWORD in_len, LPVOID out, DWORD out_max,
                         LPDWORD out_len)
{
	static const uint8_t features[] = { 0x12, 4, 0, 0, 0, 1 };
	static const uint8_t properties[] = { 0x0A, 4, 0, 4, 0, 0 };

	(void)handle;
	(void)in;
	(void)in_len;
	(void)out_max;
	if (fails())
		return fake.code;
	if (fake.says_nothing)
		return SCARD_E_UNSUPPORTED_FEATURE;
	memcpy(out, control == 1 ? properties : features, sizeof(features));
	*out_len = sizeof(features);
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
                          LPCBYTE in, DWORD in_len, SCARD_IO_REQUEST *got,
                          LPBYTE out, LPDWORD out_len)
{
	(void)handle;
	(void)pci;
	(void)in;
	(void)in_len;
	(void)got;
	atomic_store(&fake.inside, true);
	while (atomic_load(&fake.blocks))
		clock_sleep_ms(1);
	if (fails())
		return fake.code;
	memset(out, 0x90,
	       fake.response_len < *out_len ? fake.response_len : *out_len);
	*out_len = fake.response_len;
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardCancel(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}
