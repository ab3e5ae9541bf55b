#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the code tables, or the checksum of one that was edited by hand.

make-tables.py            writes every table beside this file
make-tables.py FILE...    puts the right checksum into FILE
"""
import gettext
import hashlib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ("code", "name", "name_en", "to", "aliases")

OLD = """001 Hà Nội · 002 Hà Giang · 004 Cao Bằng · 006 Bắc Kạn · 008 Tuyên Quang · 010 Lào Cai · 011 Điện Biên ·
012 Lai Châu · 014 Sơn La · 015 Yên Bái · 017 Hoà Bình · 019 Thái Nguyên · 020 Lạng Sơn · 022 Quảng Ninh · 024 Bắc Giang ·
025 Phú Thọ · 026 Vĩnh Phúc · 027 Bắc Ninh · 030 Hải Dương · 031 Hải Phòng · 033 Hưng Yên · 034 Thái Bình · 035 Hà Nam ·
036 Nam Định · 037 Ninh Bình · 038 Thanh Hoá · 040 Nghệ An · 042 Hà Tĩnh · 044 Quảng Bình · 045 Quảng Trị ·
046 Thừa Thiên Huế · 048 Đà Nẵng · 049 Quảng Nam · 051 Quảng Ngãi · 052 Bình Định · 054 Phú Yên · 056 Khánh Hoà ·
058 Ninh Thuận · 060 Bình Thuận · 062 Kon Tum · 064 Gia Lai · 066 Đắk Lắk · 067 Đắk Nông · 068 Lâm Đồng · 070 Bình Phước ·
072 Tây Ninh · 074 Bình Dương · 075 Đồng Nai · 077 Bà Rịa - Vũng Tàu · 079 TP. Hồ Chí Minh · 080 Long An · 082 Tiền Giang ·
083 Bến Tre · 084 Trà Vinh · 086 Vĩnh Long · 087 Đồng Tháp · 089 An Giang · 091 Kiên Giang · 092 Cần Thơ · 093 Hậu Giang ·
094 Sóc Trăng · 095 Bạc Liêu · 096 Cà Mau"""

NEW = """01 Hà Nội · 04 Cao Bằng · 08 Tuyên Quang · 11 Điện Biên · 12 Lai Châu · 14 Sơn La · 15 Lào Cai · 19 Thái Nguyên ·
20 Lạng Sơn · 22 Quảng Ninh · 24 Bắc Ninh · 25 Phú Thọ · 31 Hải Phòng · 33 Hưng Yên · 37 Ninh Bình · 38 Thanh Hoá ·
40 Nghệ An · 42 Hà Tĩnh · 44 Quảng Trị · 46 Huế · 48 Đà Nẵng · 51 Quảng Ngãi · 52 Gia Lai · 56 Khánh Hoà · 66 Đắk Lắk ·
68 Lâm Đồng · 75 Đồng Nai · 79 TP. Hồ Chí Minh · 80 Tây Ninh · 82 Đồng Tháp · 86 Vĩnh Long · 91 An Giang · 92 Cần Thơ ·
96 Cà Mau"""

# New code: what it was formed from; the rest kept its borders.
MERGED = {
    "08": "Tuyên Quang, Hà Giang", "15": "Lào Cai, Yên Bái",
    "19": "Thái Nguyên, Bắc Kạn", "25": "Phú Thọ, Vĩnh Phúc, Hoà Bình",
    "24": "Bắc Ninh, Bắc Giang", "33": "Hưng Yên, Thái Bình",
    "31": "Hải Phòng, Hải Dương", "37": "Ninh Bình, Hà Nam, Nam Định",
    "44": "Quảng Trị, Quảng Bình", "48": "Đà Nẵng, Quảng Nam",
    "51": "Quảng Ngãi, Kon Tum", "52": "Gia Lai, Bình Định",
    "56": "Khánh Hoà, Ninh Thuận",
    "68": "Lâm Đồng, Đắk Nông, Bình Thuận", "66": "Đắk Lắk, Phú Yên",
    "79": "TP. Hồ Chí Minh, Bà Rịa - Vũng Tàu, Bình Dương",
    "75": "Đồng Nai, Bình Phước", "80": "Tây Ninh, Long An",
    "92": "Cần Thơ, Sóc Trăng, Hậu Giang",
    "86": "Vĩnh Long, Bến Tre, Trà Vinh", "82": "Đồng Tháp, Tiền Giang",
    "96": "Cà Mau, Bạc Liêu", "91": "An Giang, Kiên Giang",
    "01": "Hà Nội", "04": "Cao Bằng", "11": "Điện Biên", "12": "Lai Châu",
    "14": "Sơn La", "20": "Lạng Sơn", "22": "Quảng Ninh",
    "38": "Thanh Hoá", "40": "Nghệ An", "42": "Hà Tĩnh",
    "46": "Thừa Thiên Huế",
}

PLACE_ALIASES = {
    "TP. Hồ Chí Minh": ["Hồ Chí Minh", "TPHCM", "TP.HCM", "HCM"],
    "Thừa Thiên Huế": ["Huế", "Thừa Thiên - Huế"],
    "Huế": ["Thừa Thiên Huế"],
    "Đắk Lắk": ["Đắc Lắc", "Đăk Lăk", "Dak Lak"],
    "Đắk Nông": ["Đắc Nông", "Đăk Nông"],
    "Bà Rịa - Vũng Tàu": ["Bà Rịa Vũng Tàu"],
    "Bắc Kạn": ["Bắc Cạn"],
    "Kon Tum": ["Kontum"],
    # Both ways of placing the tone are in use.
    "Hoà Bình": ["Hòa Bình"], "Thanh Hoá": ["Thanh Hóa"],
    "Khánh Hoà": ["Khánh Hòa"],
}

ETHNIC = """01 Kinh · 02 Tày · 03 Thái · 04 Hoa · 05 Khmer · 06 Mường · 07 Nùng · 08 HMông · 09 Dao · 10 Gia Rai · 11 Ngái ·
12 Ê Đê · 13 Ba Na · 14 Xơ Đăng · 15 Sán Chay · 16 Cơ Ho · 17 Chăm · 18 Sán Dìu · 19 Hrê · 20 Mnông · 21 Ra Glai · 22 Xtiêng ·
23 Bru-Vân Kiều · 24 Thổ · 25 Giáy · 26 Cơ Tu · 27 Gié-Triêng · 28 Mạ · 29 Khơ Mú · 30 Co · 31 Tà Ôi · 32 Chơ Ro · 33 Kháng ·
34 Xinh Mun · 35 Hà Nhì · 36 Chu Ru · 37 Lào · 38 La Chí · 39 La Ha · 40 Phù Lá · 41 La Hủ · 42 Lự · 43 Lô Lô · 44 Chứt ·
45 Mảng · 46 Pà Thẻn · 47 Cơ Lao · 48 Cống · 49 Bố Y · 50 Si La · 51 Pu Péo · 52 Brâu · 53 Ơ Đu · 54 Rơ Măm ·
55 Người nước ngoài"""
ETHNIC_ALIASES = {"Khmer": ["Khơ-me", "Khơ Me"], "HMông": ["Mông", "H'Mông"]}

# What Vietnamese documents call them; iso-codes has rarer or no words.
COUNTRY_NAMES = {
    "VNM": ["Việt Nam"], "USA": ["Hoa Kỳ"], "GBR": ["Vương quốc Anh", "Anh"],
    "KOR": ["Hàn Quốc"], "PRK": ["Triều Tiên"], "RUS": ["Nga"],
    "LAO": ["Lào"], "TWN": ["Đài Loan"], "CHN": ["Trung Quốc"],
    "KHM": ["Campuchia", "Cam-pu-chia"], "DEU": ["Đức"],
    "FRA": ["Pháp"], "JPN": ["Nhật Bản"], "THA": ["Thái Lan"],
}


def listed(text):
    for item in text.replace("\n", " ").split("·"):
        code, name = item.strip().split(" ", 1)
        yield code, name


def checksum(rows):
    """SHA-256 over the rows: columns joined by TAB, each ended by LF."""
    digest = hashlib.sha256()
    for row in rows:
        cells = [row["code"], row["name"], row.get("name_en", ""),
                 row.get("to", ""), "|".join(row.get("aliases", []))]
        digest.update(("\t".join(cells) + "\n").encode())
    return digest.hexdigest()


def write(name, version, date, confidence, source, rows, licence=None):
    head = {"schema": "urn:cccd:table:1", "name": name, "version": version,
            "date": date, "confidence": confidence, "source": source}
    if licence:
        head["licence"] = licence
    head["sha256"] = checksum(rows)
    lines = [json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ",",
             ' "rows": [']
    lines += ["  " + json.dumps(row, ensure_ascii=False) +
              ("," if row is not rows[-1] else "") for row in rows]
    (HERE / f"{name}.json").write_text("\n".join(lines + [" ]", "}", ""]))


def place(code, name, **more):
    row = {"code": code, "name": name, **more}
    if name in PLACE_ALIASES:
        row["aliases"] = PLACE_ALIASES[name]
    return row


def provinces():
    became = {old: code for code, names in MERGED.items()
              for old in names.split(", ")}
    old = [place(code, name, to=became[name]) for code, name in listed(OLD)]
    new = [place(code, name) for code, name in listed(NEW)]
    assert len(old) == 63 and len(new) == 34
    assert set(became) == {row["name"] for row in old}
    assert set(MERGED) == {row["code"] for row in new}
    write("provinces_63", "1", "2021-07-01", "confirmed",
          "Codes of Circular 59/2021/TT-BCA (first three digits of the "
          "citizen number, place of birth registration); column to: "
          "Resolution 202/2025/QH15 with the codes of Decision "
          "19/2025/QD-TTg", old)
    write("provinces_34", "1", "2025-07-01", "confirmed",
          "Decision 19/2025/QD-TTg, after Resolution 202/2025/QH15", new)


def ethnic_groups():
    rows = []
    for code, name in listed(ETHNIC):
        row = {"code": code, "name": name}
        if name in ETHNIC_ALIASES:
            row["aliases"] = ETHNIC_ALIASES[name]
        rows.append(row)
    write("ethnic_groups", "1", "1979-03-02", "general",
          "General Statistics Office, Decision 121-TCTK/PPCD of 2 March "
          "1979; codes 01 to 51 seen in one public table, 52 to 55 general "
          "knowledge", rows)


def nationalities():
    path = "/usr/share/iso-codes/json/iso_3166-1.json"
    version = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "iso-codes"],
        check=True, capture_output=True, text=True).stdout
    vi = gettext.translation("iso_3166-1", "/usr/share/locale", ["vi"])
    rows = []
    for item in json.load(open(path))["3166-1"]:
        english = item.get("common_name", item["name"])
        names = COUNTRY_NAMES.get(item["alpha_3"], []) + [
            vi.gettext(text) for text in (english, item["name"])
            if vi.gettext(text) != text]
        names = list(dict.fromkeys(names)) or [english]
        name, aliases = names[0], names[1:]
        row = {"code": item["alpha_3"], "name": name, "name_en": english}
        if aliases:
            row["aliases"] = aliases
        rows.append(row)
    rows.sort(key=lambda row: row["code"])
    write("nationalities", f"iso-codes {version}", "2023-04-27", "general",
          "ISO 3166-1 alpha-3 with Vietnamese names, from the iso-codes "
          "project; common Vietnamese names added", rows,
          "LGPL-2.1-or-later")


def small():
    write("sexes", "1", "2021-01-19", "confirmed",
          "Words of field 4 of DG13; codes of the result document",
          [{"code": "male", "name": "Nam", "name_en": "Male",
            "aliases": ["M"]},
           {"code": "female", "name": "Nữ", "name_en": "Female",
            "aliases": ["F"]}])
    write("health_nationalities", "0", "2024-10-29", "not_established",
          "Annex 2 of Circular 07/2016/TT-BCA is not at hand: empty until "
          "an official file is loaded", [])
    write("communes", "0", "2025-07-01", "not_established",
          "3321 communes of Decision 19/2025/QD-TTg: empty until an "
          "official file is loaded", [])


def mend(path):
    table = json.loads(pathlib.Path(path).read_text())
    table["sha256"] = checksum(table["rows"])
    pathlib.Path(path).write_text(
        json.dumps(table, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        for argument in sys.argv[1:]:
            mend(argument)
    else:
        provinces()
        ethnic_groups()
        nationalities()
        small()
