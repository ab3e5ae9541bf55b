/* SPDX-License-Identifier: Apache-2.0 */
/* Contents of the simpler files: 9303-10 4.6, 4.7, 3.11. */
#include "tests/sim/build.h"

#include "base/hex.h"

/* The data group tags of EF.COM, by file. [9303-10 table 35] */
static const uint8_t group_tags[] = { 0x60, 0x61, 0x75, 0x63, 0x76, 0x65,
	                              0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B,
	                              0x6C, 0x6D, 0x6E, 0x6F, 0x70 };

static bool listed(const struct sim_card *card, unsigned int group)
{
	const struct sim_file_profile *file =
	        &card->profile->files[SIM_FILE_DG1 + group - 1];

	return card->files[SIM_FILE_DG1 + group - 1].present &&
	       file->in_com != SIM_NO;
}

static void com_list(const struct sim_card *card, struct sim_der *der)
{
	const struct sim_com_profile *com = &card->profile->com;
	uint8_t tags[SIM_COM_LIST_MAX];
	size_t count = 0;

	for (size_t i = 0; i < com->list_count; i++) {
		if (com->list[i] >= 1 && com->list[i] <= 16)
			tags[count++] = group_tags[com->list[i]];
	}
	for (unsigned int i = 1; com->list_count == 0 && i <= 16; i++) {
		if (listed(card, i))
			tags[count++] = group_tags[i];
	}
	sim_der_put(der, 0x5C, span_of(tags, count));
}

static enum cccd_err build_com(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, 0x60);

	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	sim_der_text(&der, 0x5F01, card->profile->com.lds);
	sim_der_text(&der, 0x5F36, card->profile->com.unicode);
	com_list(card, &der);
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

static enum cccd_err build_dg1(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	struct sim_mrz mrz;
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, 0x61);

	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	TRY(sim_mrz_make(&card->profile->document, &mrz));
	sim_der_text(&der, 0x5F1F, mrz.lines);
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

/* No instance of the biometric, and random data behind, as 9303-10 4.7.3.2
 * has it for a chip that stores none. */
static enum cccd_err build_empty_biometric(struct sim_card *card, uint32_t tag,
                                           size_t pad, struct buf *ret)
{
	static const uint8_t none[] = { 0x02, 0x01, 0x00 };
	uint8_t noise[2048];
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, tag);

	if (pad > sizeof(noise))
		return CCCD_ERR_DATA_TOO_LARGE;
	sim_der_put(&der, 0x7F61, SPAN(none));
	TRY(sim_rng_fill(&card->rng, noise, pad));
	sim_der_put(&der, 0x53, span_of(noise, pad));
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

static enum cccd_err build_dg3(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	return build_empty_biometric(card, 0x63, pad, ret);
}

static enum cccd_err build_dg4(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	return build_empty_biometric(card, 0x76, pad, ret);
}

/* struct detail - one object of a data group with a tag list. */
struct detail {
	uint16_t tag;
	const char *text;
};

static enum cccd_err build_details(uint32_t tag, const struct detail *details,
                                   size_t count, size_t pad, struct buf *ret)
{
	uint8_t tags[32];
	size_t len = 0;
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, tag);

	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	for (size_t i = 0; i < count; i++) {
		if (details[i].text[0] == '\0')
			continue;
		tags[len++] = (uint8_t)(details[i].tag >> 8);
		tags[len++] = (uint8_t)details[i].tag;
	}
	sim_der_put(&der, 0x5C, span_of(tags, len));
	for (size_t i = 0; i < count; i++) {
		if (details[i].text[0] != '\0')
			sim_der_text(&der, details[i].tag, details[i].text);
	}
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

static enum cccd_err build_dg11(struct sim_card *card, size_t pad,
                                struct buf *ret)
{
	const struct sim_dg11_profile *dg11 = &card->profile->dg11;
	const struct detail details[] = {
		{ 0x5F0E, dg11->full_name }, { 0x5F10, dg11->personal_number },
		{ 0x5F2B, dg11->birth },     { 0x5F11, dg11->birth_place },
		{ 0x5F42, dg11->address },
	};

	return build_details(0x6B, details, ARRAY_LEN(details), pad, ret);
}

static enum cccd_err build_dg12(struct sim_card *card, size_t pad,
                                struct buf *ret)
{
	const struct sim_dg12_profile *dg12 = &card->profile->dg12;
	const struct detail details[] = { { 0x5F19, dg12->authority },
		                          { 0x5F26, dg12->issued } };

	return build_details(0x6C, details, ARRAY_LEN(details), pad, ret);
}

static enum cccd_err build_dg2(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	return sim_build_dg2(card, pad, ret);
}

static enum cccd_err build_dg13(struct sim_card *card, size_t pad,
                                struct buf *ret)
{
	return sim_build_dg13(card, pad, ret);
}

static enum cccd_err build_dg14(struct sim_card *card, size_t pad,
                                struct buf *ret)
{
	return sim_build_dg14(card, pad, ret);
}

static enum cccd_err build_dg15(struct sim_card *card, size_t pad,
                                struct buf *ret)
{
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, 0x6F);

	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	sim_der_raw(&der, buf_span(&card->aa.public_info));
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

static enum cccd_err build_card_access(struct sim_card *card, size_t pad,
                                       struct buf *ret)
{
	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	return sim_build_card_access(card, ret);
}

static enum cccd_err build_card_security(struct sim_card *card, size_t pad,
                                         struct buf *ret)
{
	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	return sim_build_card_security(card, ret);
}

/* Card capabilities and the longest APDUs. [9303-10 3.11.1] */
static enum cccd_err build_atr_info(struct sim_card *card, size_t pad,
                                    struct buf *ret)
{
	unsigned int most = card->profile->behaviour.max_extended;
	uint8_t capabilities[] = { 0x80, 0x01,
		                   card->profile->behaviour.extended ? 0x40
		                                                     : 0x00 };
	SIM_DER der = sim_der_make();
	size_t mark;

	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	sim_der_put(&der, 0x47, SPAN(capabilities));
	mark = sim_der_open(&der, 0x7F66);
	sim_der_uint(&der, most > 65000 ? 65000 : most);
	sim_der_uint(&der, most > 65000 ? 65000 : most);
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

/* One application template. [9303-10 3.11.2] */
static enum cccd_err build_dir(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	static const uint8_t aid[] = {
		0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01
	};
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, 0x61);

	(void)card;
	if (pad > 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	sim_der_put(&der, 0x4F, SPAN(aid));
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

static enum cccd_err build_sod(struct sim_card *card, size_t pad,
                               struct buf *ret)
{
	return sim_build_sod(card, pad, ret);
}

/* Files that no row here makes need "content" in the profile. */
static enum cccd_err (*const builders[SIM_FILES])(struct sim_card *card,
                                                  size_t pad,
                                                  struct buf *ret) = {
	[SIM_FILE_COM] = build_com,
	[SIM_FILE_DG1] = build_dg1,
	[SIM_FILE_DG2] = build_dg2,
	[SIM_FILE_DG3] = build_dg3,
	[SIM_FILE_DG4] = build_dg4,
	[SIM_FILE_DG11] = build_dg11,
	[SIM_FILE_DG12] = build_dg12,
	[SIM_FILE_DG13] = build_dg13,
	[SIM_FILE_DG14] = build_dg14,
	[SIM_FILE_DG15] = build_dg15,
	[SIM_FILE_SOD] = build_sod,
	[SIM_FILE_CARD_ACCESS] = build_card_access,
	[SIM_FILE_CARD_SECURITY] = build_card_security,
	[SIM_FILE_ATR_INFO] = build_atr_info,
	[SIM_FILE_DIR] = build_dir,
};

enum cccd_err sim_build_file(struct sim_card *card, enum sim_file_id id,
                             size_t pad, struct buf *ret)
{
	if (builders[id] == NULL)
		return CCCD_ERR_DATA_MISSING;
	return builders[id](card, pad, ret);
}
