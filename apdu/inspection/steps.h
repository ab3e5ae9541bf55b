/* SPDX-License-Identifier: Apache-2.0 */
/* The functions behind the rows of the table of steps. */
#ifndef APDU_INSPECTION_STEPS_H
#define APDU_INSPECTION_STEPS_H

#include "apdu/inspection/inspection.h"

/* steps_open.c: to a channel. */
enum cccd_err step_card_access(struct inspection *inspection);
enum cccd_err step_atr_info(struct inspection *inspection);
enum cccd_err step_pace(struct inspection *inspection);
enum cccd_err step_card_security(struct inspection *inspection);
enum cccd_err step_application(struct inspection *inspection);
enum cccd_err step_bac(struct inspection *inspection);

/**
 * open_again() - the channel that was open before, on a fresh card.
 *
 * Return: CCCD_OK with the application selected; CCCD_ERR_CARD_CHANGED
 * when the card refuses what it took before; reader errors.
 */
CHECKED enum cccd_err open_again(struct inspection *inspection);

/* steps_read.c: files. */
enum cccd_err step_sod(struct inspection *inspection);
enum cccd_err step_dg14(struct inspection *inspection);
enum cccd_err step_dg1(struct inspection *inspection);
enum cccd_err step_dg13(struct inspection *inspection);
enum cccd_err step_dg15(struct inspection *inspection);
enum cccd_err step_com(struct inspection *inspection);
enum cccd_err step_other_groups(struct inspection *inspection);
enum cccd_err step_portrait(struct inspection *inspection);

/* steps_survey.c: what no proof needs; only with CCCD_SURVEY. */
enum cccd_err step_survey_master_file(struct inspection *inspection);
enum cccd_err step_survey_card_security(struct inspection *inspection);
enum cccd_err step_survey_application(struct inspection *inspection);

/**
 * read_lds_file() - bring a file, or find out why it cannot be had.
 *
 * Sets its state; a file that is missing, locked or bad is a fact and
 * CCCD_OK. Idempotent: what has a state is not read again.
 *
 * Return: CCCD_OK; errors that end or interrupt the session.
 */
CHECKED enum cccd_err read_lds_file(struct inspection *inspection,
                                    enum cccd_file file);

/**
 * read_master_file() - a file of the master file, in the clear.
 * @by_sfi: begin by short identifier
 *
 * What the chip refuses is only noted in the file's state.
 */
CHECKED enum cccd_err read_master_file(struct inspection *inspection,
                                       enum cccd_file file, bool by_sfi);

/* The bytes held of a file; empty unless it was read whole. */
struct span file_bytes(const struct inspection *inspection,
                       enum cccd_file file);

/**
 * same_card() - read EF.SOD again and compare.
 *
 * Return: CCCD_OK; CCCD_ERR_CARD_CHANGED; errors of the read.
 */
CHECKED enum cccd_err same_card(struct inspection *inspection);

/* steps_verify.c: proofs. */
enum cccd_err step_chip_auth(struct inspection *inspection);
enum cccd_err step_passive_auth(struct inspection *inspection);
enum cccd_err step_active_auth(struct inspection *inspection);
enum cccd_err step_access_info(struct inspection *inspection);

/* What the citizen card does where it hides EF.CardAccess. */
struct cccd_pace_info pace_constant_info(void);

/* EF.CardSecurity and the data of the mapping, from what was read. */
CHECKED enum cccd_err prove_mapping(struct inspection *inspection);

/* Begin to check EF.SOD on another thread; joined by join_verifier(). */
CHECKED enum cccd_err start_verifier(struct inspection *inspection);
CHECKED enum cccd_err join_verifier(struct inspection *inspection);

/* Compare every group read so far; may be called again. */
CHECKED enum cccd_err check_groups(struct inspection *inspection);

/* Checks over the data alone: state, MRZ, consistency, expiry. */
void check_data(struct inspection *inspection);

#endif
