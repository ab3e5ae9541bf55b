/* SPDX-License-Identifier: Apache-2.0 */
/* Two letters in certificates, three in the MRZ: Doc 9303-3 section 5. */
#include "apdu/auth/country.h"

enum { CODE_2 = 2, CODE_3 = 3, PAIR = 5 };

/* ISO 3166-1, alpha-2 and alpha-3 without a gap, 249 pairs. */
static const char iso_3166_1[] =
        "ADANDAEAREAFAFGAGATGAIAIAALALBAMARMAOAGOAQATAARARG"
        "ASASMATAUTAUAUSAWABWAXALAAZAZEBABIHBBBRBBDBGDBEBEL"
        "BFBFABGBGRBHBHRBIBDIBJBENBLBLMBMBMUBNBRNBOBOLBQBES"
        "BRBRABSBHSBTBTNBVBVTBWBWABYBLRBZBLZCACANCCCCKCDCOD"
        "CFCAFCGCOGCHCHECICIVCKCOKCLCHLCMCMRCNCHNCOCOLCRCRI"
        "CUCUBCVCPVCWCUWCXCXRCYCYPCZCZEDEDEUDJDJIDKDNKDMDMA"
        "DODOMDZDZAECECUEEESTEGEGYEHESHERERIESESPETETHFIFIN"
        "FJFJIFKFLKFMFSMFOFROFRFRAGAGABGBGBRGDGRDGEGEOGFGUF"
        "GGGGYGHGHAGIGIBGLGRLGMGMBGNGINGPGLPGQGNQGRGRCGSSGS"
        "GTGTMGUGUMGWGNBGYGUYHKHKGHMHMDHNHNDHRHRVHTHTIHUHUN"
        "IDIDNIEIRLILISRIMIMNININDIOIOTIQIRQIRIRNISISLITITA"
        "JEJEYJMJAMJOJORJPJPNKEKENKGKGZKHKHMKIKIRKMCOMKNKNA"
        "KPPRKKRKORKWKWTKYCYMKZKAZLALAOLBLBNLCLCALILIELKLKA"
        "LRLBRLSLSOLTLTULULUXLVLVALYLBYMAMARMCMCOMDMDAMEMNE"
        "MFMAFMGMDGMHMHLMKMKDMLMLIMMMMRMNMNGMOMACMPMNPMQMTQ"
        "MRMRTMSMSRMTMLTMUMUSMVMDVMWMWIMXMEXMYMYSMZMOZNANAM"
        "NCNCLNENERNFNFKNGNGANINICNLNLDNONORNPNPLNRNRUNUNIU"
        "NZNZLOMOMNPAPANPEPERPFPYFPGPNGPHPHLPKPAKPLPOLPMSPM"
        "PNPCNPRPRIPSPSEPTPRTPWPLWPYPRYQAQATREREUROROURSSRB"
        "RURUSRWRWASASAUSBSLBSCSYCSDSDNSESWESGSGPSHSHNSISVN"
        "SJSJMSKSVKSLSLESMSMRSNSENSOSOMSRSURSSSSDSTSTPSVSLV"
        "SXSXMSYSYRSZSWZTCTCATDTCDTFATFTGTGOTHTHATJTJKTKTKL"
        "TLTLSTMTKMTNTUNTOTONTRTURTTTTOTVTUVTWTWNTZTZAUAUKR"
        "UGUGAUMUMIUSUSAUYURYUZUZBVAVATVCVCTVEVENVGVGBVIVIR"
        "VNVNMVUVUTWFWLFWSWSMYEYEMYTMYTZAZAFZMZMBZWZWE";

/* [9303-3 5, parts A to D and F] and what certificates hold besides. */
static const char aliases[] = "UTUTO" /* Utopia, the specimens' state */
                              "DED  "
                              "EUEUE"
                              "UNUNO"
                              "UNUNA"
                              "UNUNK"
                              "KSRKS"
                              "XKRKS"
                              "KSUNK"
                              "GBGBD"
                              "GBGBN"
                              "GBGBO"
                              "GBGBP"
                              "GBGBS"
                              "UKGBR"
                              "HKCHN"
                              "MOCHN"
                              "CNHKG"
                              "CNMAC"
                              "XOXOM"
                              "XMXOM"
                              "XPXPO"
                              "ANANT"
                              "NTNTZ"
                              "ROROM"
                              "TPTMP"
                              "YUYUG"
                              "ZRZAR";

static bool table_holds(const char *table, size_t len, const char *two,
                        const char *three)
{
	for (size_t i = 0; i + PAIR <= len; i += PAIR)
		if ((two == NULL || memcmp(table + i, two, CODE_2) == 0) &&
		    (three == NULL ||
		     memcmp(table + i + CODE_2, three, CODE_3) == 0))
			return true;
	return false;
}

static bool holds(const char *two, const char *three)
{
	return table_holds(iso_3166_1, sizeof(iso_3166_1) - 1, two, three) ||
	       table_holds(aliases, sizeof(aliases) - 1, two, three);
}

/* Three characters, blanks for fillers; false when it is no code. */
static bool copy_code(struct span mrz, char ret[static CODE_3])
{
	if (mrz.len == 0 || mrz.len > CODE_3)
		return false;
	memset(ret, ' ', CODE_3);
	for (size_t i = 0; i < mrz.len; i++)
		if (mrz.at[i] != '<')
			ret[i] = (char)mrz.at[i];
	return ret[0] != ' ';
}

enum country_match country_compare(struct span mrz, const char *certificate)
{
	char three[CODE_3];
	size_t len = strlen(certificate);

	if (!copy_code(mrz, three))
		return COUNTRY_UNKNOWN;
	if (len == CODE_3)
		return memcmp(three, certificate, CODE_3) == 0 ? COUNTRY_SAME
		                                               : COUNTRY_OTHER;
	if (len != CODE_2 || !holds(NULL, three) || !holds(certificate, NULL))
		return COUNTRY_UNKNOWN;
	return holds(certificate, three) ? COUNTRY_SAME : COUNTRY_OTHER;
}
