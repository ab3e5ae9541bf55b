/* SPDX-License-Identifier: Apache-2.0 */
/* libcccd: read and prove chip ID cards. Everything an embedder needs. */
#ifndef CCCD_CCCD_H
#define CCCD_CCCD_H

#include <cccd/assertion.h>
#include <cccd/bytes.h>
#include <cccd/document.h>
#include <cccd/error.h>
#include <cccd/evidence.h>
#include <cccd/export.h>
#include <cccd/lds.h>
#include <cccd/person.h>
#include <cccd/probe.h>
#include <cccd/reader.h>
#include <cccd/render.h>
#include <cccd/result.h>
#include <cccd/security_info.h>
#include <cccd/session.h>
#include <cccd/tables.h>
#include <cccd/trust.h>
#include <cccd/verdict.h>
#include <cccd/version.h>
#include <cccd/vnm.h>
#include <cccd/watch.h>

#endif
