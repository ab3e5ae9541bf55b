/* SPDX-License-Identifier: Apache-2.0 */
/* libpcsclite replaced: readers and cards at a test's word. */
#include "tests/reader/fake_pcscd.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <reader.h>
#include <winscard.h>

#include "base/macros.h"

enum { READERS_MAX = 8, NAME_LEN = 96, TURN_MS = 20, ATR_LEN = 4 };

static const uint8_t atr[ATR_LEN] = { 0x3B, 0x80, 0x80, 0x01 };

struct fake_reader {
	char name[NAME_LEN];
	uint32_t channel;
	bool held;
	bool present;
	uint16_t events;
};

/* @cancelled: counts, so that each sleeper sees its own. */
static struct fake {
	pthread_mutex_t lock;
	bool down;
	struct fake_reader readers[READERS_MAX];
	size_t count;
	size_t open;
	size_t connections;
	unsigned int cancelled;
	size_t connected;
} fake = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void lock(void)
{
	(void)pthread_mutex_lock(&fake.lock);
}

static void unlock(void)
{
	(void)pthread_mutex_unlock(&fake.lock);
}

static size_t find(const char *name)
{
	size_t i = 0;

	while (i < fake.count && strcmp(fake.readers[i].name, name) != 0)
		i++;
	return i;
}

void fake_pcscd_run(bool runs)
{
	lock();
	fake.down = !runs;
	fake.count = 0;
	unlock();
}

void fake_pcscd_plug(const char *name, uint32_t channel)
{
	lock();
	if (fake.count == READERS_MAX)
		abort();
	fake.readers[fake.count] = (struct fake_reader){ .channel = channel };
	(void)snprintf(fake.readers[fake.count].name, NAME_LEN, "%s", name);
	fake.count++;
	unlock();
}

void fake_pcscd_unplug(const char *name)
{
	size_t at;

	lock();
	at = find(name);
	if (at == fake.count)
		abort();
	fake.count--;
	memmove(&fake.readers[at], &fake.readers[at + 1],
	        (fake.count - at) * sizeof(fake.readers[0]));
	unlock();
}

void fake_pcscd_hold(const char *name, bool held)
{
	lock();
	fake.readers[find(name)].held = held;
	unlock();
}

static void change(const char *name, bool present, unsigned int events)
{
	struct fake_reader *reader = NULL;

	lock();
	reader = &fake.readers[find(name)];
	reader->present = present;
	reader->events = (uint16_t)(reader->events + events);
	unlock();
}

void fake_pcscd_lay(const char *name, bool present)
{
	change(name, present, 1);
}

void fake_pcscd_swap(const char *name)
{
	change(name, true, 2);
}

size_t fake_pcscd_open(void)
{
	return fake.open;
}

size_t fake_pcscd_connections(void)
{
	return fake.connections;
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
LONG __wrap_SCardDisconnect(SCARDHANDLE handle, DWORD how);
LONG __wrap_SCardGetAttrib(SCARDHANDLE handle, DWORD id, LPBYTE value,
                           LPDWORD len);
LONG __wrap_SCardCancel(SCARDCONTEXT context);

LONG __wrap_SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b,
                                  LPSCARDCONTEXT context)
{
	LONG code = SCARD_E_NO_SERVICE;

	(void)scope;
	(void)a;
	(void)b;
	lock();
	if (!fake.down) {
		fake.open++;
		*context = 7;
		code = SCARD_S_SUCCESS;
	}
	unlock();
	return code;
}

LONG __wrap_SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	lock();
	fake.open--;
	unlock();
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names,
                             LPDWORD len)
{
	DWORD used = 0;
	LONG code = SCARD_S_SUCCESS;

	(void)context;
	(void)groups;
	lock();
	for (size_t i = 0; i < fake.count; i++) {
		size_t size = strlen(fake.readers[i].name) + 1;

		memcpy(names + used, fake.readers[i].name, size);
		used += size;
	}
	names[used++] = '\0';
	if (fake.down)
		code = SCARD_E_NO_SERVICE;
	else if (fake.count == 0)
		code = SCARD_E_NO_READERS_AVAILABLE;
	else
		*len = used;
	unlock();
	return code;
}

/* Locked. */
static bool fill(SCARD_READERSTATE *state)
{
	DWORD flags = SCARD_STATE_EMPTY;
	size_t at = find(state->szReader);
	bool changed;

	if (strcmp(state->szReader, "\\\\?PnP?\\Notification") == 0)
		return fake.count != state->dwCurrentState >> 16;
	if (at == fake.count)
		return true;
	if (fake.readers[at].present) {
		flags = SCARD_STATE_PRESENT;
		memcpy(state->rgbAtr, atr, sizeof(atr));
		state->cbAtr = sizeof(atr);
	}
	flags |= (DWORD)fake.readers[at].events << 16;
	changed =
	        (state->dwCurrentState & ~(DWORD)SCARD_STATE_CHANGED) != flags;
	state->dwEventState = flags | (changed ? SCARD_STATE_CHANGED : 0);
	return changed;
}

LONG __wrap_SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
                                 SCARD_READERSTATE *states, DWORD count)
{
	const struct timespec turn = { .tv_nsec = 1000000L };
	unsigned int cancelled = 0;
	bool first = true;

	(void)context;
	for (DWORD waited = 0;; waited++) {
		LONG code = SCARD_E_TIMEOUT;

		lock();
		if (first)
			cancelled = fake.cancelled;
		first = false;
		for (DWORD i = 0; i < count; i++)
			if (fill(&states[i]))
				code = SCARD_S_SUCCESS;
		if (fake.cancelled != cancelled)
			code = SCARD_E_CANCELLED;
		if (fake.down)
			code = SCARD_E_NO_SERVICE;
		unlock();
		if ((uint32_t)code != (uint32_t)SCARD_E_TIMEOUT ||
		    waited >= timeout)
			return code;
		(void)nanosleep(&turn, NULL);
	}
}

LONG __wrap_SCardConnect(SCARDCONTEXT context, LPCSTR name, DWORD share,
                         DWORD protocols, LPSCARDHANDLE handle,
                         LPDWORD protocol)
{
	LONG code = SCARD_S_SUCCESS;

	(void)context;
	(void)protocol;
	/* Whoever watches touches no card. */
	if (share != SCARD_SHARE_DIRECT || protocols != 0)
		abort();
	lock();
	fake.connections++;
	fake.connected = find(name);
	if (fake.connected == fake.count)
		code = SCARD_E_UNKNOWN_READER;
	else if (fake.readers[fake.connected].held)
		code = SCARD_E_SHARING_VIOLATION;
	else
		fake.open++;
	unlock();
	*handle = 9;
	return code;
}

LONG __wrap_SCardDisconnect(SCARDHANDLE handle, DWORD how)
{
	(void)handle;
	if (how != SCARD_LEAVE_CARD)
		abort();
	lock();
	fake.open--;
	unlock();
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardGetAttrib(SCARDHANDLE handle, DWORD id, LPBYTE value,
                           LPDWORD len)
{
	uint32_t channel;

	(void)handle;
	if (id != SCARD_ATTR_CHANNEL_ID || *len < sizeof(channel))
		abort();
	lock();
	channel = fake.readers[fake.connected].channel;
	unlock();
	if (channel == 0)
		return SCARD_E_UNSUPPORTED_FEATURE;
	memcpy(value, &channel, sizeof(channel));
	*len = sizeof(channel);
	return SCARD_S_SUCCESS;
}

LONG __wrap_SCardCancel(SCARDCONTEXT context)
{
	(void)context;
	lock();
	fake.cancelled++;
	unlock();
	return SCARD_S_SUCCESS;
}
