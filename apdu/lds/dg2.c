/* SPDX-License-Identifier: Apache-2.0 */
/* Data group 2, the face, Doc 9303-10 4.7.2; 3 and 4 are only counted. */
#include "apdu/lds/dg2.h"

#include "apdu/lds/biometric.h"
#include "apdu/lds/face.h"

enum { TAG_DG2 = 0x75, TAG_DG3 = 0x63, TAG_DG4 = 0x76 };

enum cccd_err dg2_parse(struct span file, struct cccd_dg2 *ret)
{
	struct biometric_template template = { 0 };
	struct tlv_reader reader = { 0 };
	struct cccd_dg2 dg2 = { 0 };
	enum cccd_err err = CCCD_OK;

	TRY(biometric_open(file, TAG_DG2, &reader, &dg2.declared_count));
	err = biometric_next(&reader, &template);
	while (err == CCCD_OK) {
		TRY(faces_read(&template, dg2.faces, &dg2.face_count));
		err = biometric_next(&reader, &template);
	}
	if (err != CCCD_ERR_DATA_MISSING)
		return err;
	if (dg2.face_count == 0)
		return CCCD_ERR_DATA_MISSING;
	*ret = dg2;
	return CCCD_OK;
}

static enum cccd_err count(struct span file, uint32_t tag,
                           struct cccd_biometrics *ret)
{
	struct biometric_template template = { 0 };
	struct cccd_biometrics biometrics = { 0 };
	struct tlv_reader reader = { 0 };
	enum cccd_err err = CCCD_OK;

	TRY(biometric_open(file, tag, &reader, &biometrics.declared_count));
	err = biometric_next(&reader, &template);
	for (; err == CCCD_OK; biometrics.count++)
		err = biometric_next(&reader, &template);
	if (err != CCCD_ERR_DATA_MISSING)
		return err;
	*ret = biometrics;
	return CCCD_OK;
}

enum cccd_err dg3_parse(struct span file, struct cccd_biometrics *ret)
{
	return count(file, TAG_DG3, ret);
}

enum cccd_err dg4_parse(struct span file, struct cccd_biometrics *ret)
{
	return count(file, TAG_DG4, ret);
}
