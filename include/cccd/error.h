/* SPDX-License-Identifier: Apache-2.0 */
/* One error enumeration for everything; its upper byte says who must act. */
#ifndef CCCD_ERROR_H
#define CCCD_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include <cccd/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum cccd_err_domain - who must act on an error; its upper byte. */
enum cccd_err_domain {
	CCCD_DOMAIN_NONE = 0,
	CCCD_DOMAIN_READER = 1,
	CCCD_DOMAIN_CARD = 2,
	CCCD_DOMAIN_DATA = 3,
	CCCD_DOMAIN_CRYPTO = 4,
	CCCD_DOMAIN_TRUST = 5,
	CCCD_DOMAIN_POLICY = 6,
	CCCD_DOMAIN_USAGE = 7,
	CCCD_DOMAIN_MEMORY = 8,
};

/** enum cccd_err - what went wrong. Texts: cccd_err_text(). */
enum cccd_err {
	CCCD_OK = 0,

	/* The reader or its service. */
	CCCD_ERR_READER_NONE = 0x0101,        /* no such reader */
	CCCD_ERR_READER_SERVICE = 0x0102,     /* pcscd not reachable */
	CCCD_ERR_READER_BUSY = 0x0103,        /* another program holds it */
	CCCD_ERR_READER_LOST = 0x0104,        /* unplugged */
	CCCD_ERR_READER_TIMEOUT = 0x0105,     /* deadline of an exchange */
	CCCD_ERR_READER_IO = 0x0106,          /* transmission failed */
	CCCD_ERR_READER_UNSUPPORTED = 0x0107, /* operation it lacks */
	CCCD_ERR_READER_OVERSIZE = 0x0108,    /* APDU beyond its limit */
	CCCD_ERR_READER_PERMISSION = 0x0109,  /* the system refused us */
	CCCD_ERR_READER_NO_CARD = 0x010A,     /* no card before the deadline */

	/* The card. */
	CCCD_ERR_CARD_REMOVED = 0x0201,         /* taken away, or reset */
	CCCD_ERR_CARD_MUTE = 0x0202,            /* does not answer */
	CCCD_ERR_CARD_UNSUPPORTED = 0x0203,     /* not a Doc 9303 document */
	CCCD_ERR_CARD_PASSWORD = 0x0204,        /* access key refused */
	CCCD_ERR_CARD_BLOCKED = 0x0205,         /* password suspended/blocked */
	CCCD_ERR_CARD_REFUSED = 0x0206,         /* unexpected status word */
	CCCD_ERR_CARD_CHANGED = 0x0207,         /* another card on resume */
	CCCD_ERR_CARD_FILE_MISSING = 0x0208,    /* 6A82 */
	CCCD_ERR_CARD_FILE_LOCKED = 0x0209,     /* 6982, more rights needed */
	CCCD_ERR_CARD_PROTOCOL = 0x020A,        /* answer breaks ISO 7816-4 */
	CCCD_ERR_CARD_BAC_NOT_OFFERED = 0x020B, /* PACE-only document */

	/* Data from the card or from the caller's files. */
	CCCD_ERR_DATA_TRUNCATED = 0x0301,   /* ends too early */
	CCCD_ERR_DATA_MALFORMED = 0x0302,   /* breaks its grammar */
	CCCD_ERR_DATA_TOO_LARGE = 0x0303,   /* beyond our cap */
	CCCD_ERR_DATA_MISSING = 0x0304,     /* a required element is absent */
	CCCD_ERR_DATA_DUPLICATE = 0x0305,   /* an element stands twice */
	CCCD_ERR_DATA_UNSUPPORTED = 0x0306, /* version or form not known */
	CCCD_ERR_DATA_PICTURE = 0x0307,     /* an image cannot be shown */

	/* Cryptography and the secure channel. */
	CCCD_ERR_CRYPTO_FAILED = 0x0401,      /* the library refused */
	CCCD_ERR_CRYPTO_RANDOM = 0x0402,      /* no randomness: fatal */
	CCCD_ERR_CRYPTO_UNSUPPORTED = 0x0403, /* algorithm or curve */
	CCCD_ERR_CRYPTO_KEY = 0x0404,         /* public key invalid */
	CCCD_ERR_CRYPTO_REFLECTED = 0x0405,   /* our own key came back */
	CCCD_ERR_CRYPTO_TOKEN = 0x0406,       /* card's proof is wrong */
	CCCD_ERR_SM_BROKEN = 0x0407,          /* secure messaging dead */
	CCCD_ERR_BAC_MAC = 0x0408,            /* M_IC wrong */
	CCCD_ERR_BAC_RND_IFD = 0x0409,        /* RND.IFD not returned */
	CCCD_ERR_BAC_RND_IC = 0x040A,         /* RND.IC not returned */
	CCCD_ERR_BAC_LENGTH = 0x040B,         /* answer is not 40 bytes */

	/* Trust. */
	CCCD_ERR_TRUST_STORE_MISSING = 0x0501,
	CCCD_ERR_TRUST_STORE_BAD = 0x0502,
	CCCD_ERR_TRUST_REFUSED = 0x0503, /* certificate or list not admitted */

	/* Why an assertion is refused. */
	CCCD_ERR_ASSERTION_MALFORMED = 0x0504,
	CCCD_ERR_ASSERTION_TYPE = 0x0505,      /* a JWT of another kind */
	CCCD_ERR_ASSERTION_ALGORITHM = 0x0506, /* not that of the key */
	CCCD_ERR_ASSERTION_DEVICE_UNKNOWN = 0x0507,
	CCCD_ERR_ASSERTION_DEVICE_REVOKED = 0x0508,
	CCCD_ERR_ASSERTION_SIGNATURE = 0x0509,
	CCCD_ERR_ASSERTION_AUDIENCE = 0x050A, /* made for somebody else */
	CCCD_ERR_ASSERTION_NONCE = 0x050B,    /* made for another reading */
	CCCD_ERR_ASSERTION_EXPIRED = 0x050C,
	CCCD_ERR_ASSERTION_NOT_YET = 0x050D, /* made in the future */
	CCCD_ERR_ASSERTION_TOO_OLD = 0x050E, /* for this caller's taste */
	CCCD_ERR_NONCE_SPENT = 0x050F,       /* it was used before */
	CCCD_ERR_NONCE_EXPIRED = 0x0510,     /* the reading took too long */
	CCCD_ERR_OTHER_CITIZEN = 0x0511,     /* not whom the caller names */
	CCCD_ERR_CARD_UNPROVEN = 0x0512,     /* the card's own verdict */
	CCCD_ERR_LOG_BROKEN = 0x0513,        /* changed, or lines are gone */

	/* Policy and configuration. */
	CCCD_ERR_POLICY_DOWNGRADE = 0x0601, /* PACE to BAC refused */
	CCCD_ERR_POLICY_CONFIG = 0x0602,    /* a configuration file is bad */
	CCCD_ERR_POLICY_REFUSED = 0x0603,   /* a rule forbids it */

	/* What the daemon's registry does not grant. */
	CCCD_ERR_ORIGIN_NOT_REGISTERED = 0x0604, /* nor the local user */
	CCCD_ERR_RP_MISMATCH = 0x0605, /* the request names somebody else */
	CCCD_ERR_SCOPE_NOT_ALLOWED = 0x0606,
	CCCD_ERR_PURPOSE_NOT_ALLOWED = 0x0607,
	CCCD_ERR_AUDIENCE_NOT_ALLOWED = 0x0608,
	CCCD_ERR_FORMAT_NOT_ALLOWED = 0x0609,
	CCCD_ERR_KEY_SOURCE = 0x060A, /* access key from a wrong side */
	CCCD_ERR_CONSENT_REFUSED = 0x060B,
	CCCD_ERR_RATE_LIMITED = 0x060C, /* quota used up */

	/* The caller. */
	CCCD_ERR_USAGE_ARGUMENT = 0x0701,
	CCCD_ERR_USAGE_KEY_MISSING = 0x0702,   /* no access key given */
	CCCD_ERR_USAGE_KEY_MALFORMED = 0x0703, /* access key has a wrong form */
	CCCD_ERR_USAGE_STATE = 0x0704,         /* call out of order */
	CCCD_ERR_USAGE_FILE = 0x0705,          /* a file of the caller's */
	CCCD_ERR_CANCELLED = 0x0706,

	/* The caller of the daemon. */
	CCCD_ERR_REQUEST_MALFORMED = 0x0707,
	CCCD_ERR_REQUEST_TOO_LARGE = 0x0708,
	CCCD_ERR_REQUEST_MEDIA_TYPE = 0x0709,
	CCCD_ERR_REQUEST_HOST = 0x070A, /* Host is none of ours */
	CCCD_ERR_TOKEN_INVALID = 0x070B,
	CCCD_ERR_NONCE_TOO_SHORT = 0x070C,
	CCCD_ERR_REQUEST_SIGNATURE = 0x070D, /* missing or wrong */
	CCCD_ERR_SESSION_NOT_FOUND = 0x070E,
	CCCD_ERR_SESSION_EXPIRED = 0x070F,
	CCCD_ERR_RESULT_DELIVERED = 0x0710, /* it is given once */
	CCCD_ERR_PORTRAIT = 0x0711,         /* there is none to give */
	CCCD_ERR_DEVICE_KNOWN = 0x0712,     /* it is registered already */

	/* This machine. */
	CCCD_ERR_MEMORY = 0x0801,
	CCCD_ERR_INTERNAL = 0x0802,
	CCCD_ERR_RENDERER = 0x0803, /* cccd-render is missing or unconfined */
	CCCD_ERR_AGENT = 0x0804,    /* no consent agent is connected */
	CCCD_ERR_AUDIT = 0x0805,    /* the audit log cannot be written */
	CCCD_ERR_STORE = 0x0806,    /* the gateway's database */
};

/** enum cccd_lang - languages of every text a person sees. */
enum cccd_lang {
	CCCD_LANG_VI = 0,
	CCCD_LANG_EN,
};

enum {
	CCCD_ERROR_STEP_MAX = 32,
	CCCD_ERROR_TEXT_MAX = 160,
};

/**
 * struct cccd_error - where and how it first went wrong.
 * @code:        the error; CCCD_OK when nothing failed
 * @status_word: SW1-SW2 that caused it, 0 when none did
 * @native:      foreign code (PC/SC, errno, …), 0 when none
 * @tries_left:  password tries the card announced, -1 when it did not
 * @step:        name of the step, "" when outside one
 * @text:        short technical text in English, no personal data
 *
 * Set once, where the cause is first known; never overwritten.
 */
struct cccd_error {
	enum cccd_err code;
	uint16_t status_word;
	long native;
	int tries_left;
	char step[CCCD_ERROR_STEP_MAX];
	char text[CCCD_ERROR_TEXT_MAX];
};

/**
 * cccd_err_code() - stable snake_case code, e.g. "access_key_rejected".
 * @err: any value; unknown ones give "internal", CCCD_OK gives "ok"
 */
CCCD_EXPORT const char *cccd_err_code(enum cccd_err err);

/** cccd_err_text() - one sentence for the person at the desk. */
CCCD_EXPORT const char *cccd_err_text(enum cccd_err err, enum cccd_lang lang);

/** cccd_err_next() - stable code of the next step, e.g. "ask_access_key". */
CCCD_EXPORT const char *cccd_err_next(enum cccd_err err);

/** cccd_err_next_text() - the next step as a sentence for that person. */
CCCD_EXPORT const char *cccd_err_next_text(enum cccd_err err,
                                           enum cccd_lang lang);

/** cccd_err_http_status() - status of a problem document with this error. */
CCCD_EXPORT int cccd_err_http_status(enum cccd_err err);

/** cccd_err_retryable() - whether the same call may succeed later. */
CCCD_EXPORT bool cccd_err_retryable(enum cccd_err err);

/** cccd_err_domain() - who must act. */
CCCD_EXPORT enum cccd_err_domain cccd_err_domain(enum cccd_err err);

/**
 * cccd_lang_from_environment() - language of LC_ALL, LC_MESSAGES, LANG.
 *
 * The first one set decides: one that begins with "en" gives English, all
 * else (the C locale included) Vietnamese.
 */
CCCD_EXPORT enum cccd_lang cccd_lang_from_environment(void);

#ifdef __cplusplus
}
#endif

#endif
