# SPDX-License-Identifier: Apache-2.0
"""The invented citizens: some thousands from a seed, and the specimens.

A citizen is a dict of plain values. Name order, codes and the number's
structure (PPP C YY NNNNNN) follow the fact sheets; no person is real. The
serial part of an invented number starts at 900000, above what a province
registers in a year, so that a number does not belong to somebody by chance.
"""

import datetime
import hashlib
import json
import pathlib
import random
import unicodedata

import words

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROFILES = ROOT / "tests/sim/profiles"

SEED = "cccd-registry"
COUNT = 10000
FIRST_SERIAL = 900000
LAST_YEAR = 2024

# What the registry holds of the specimen cards otherwise than their chips.
ABSENT = {"001322000004"}
DIFFERS = {"079095000003": {"ngay_sinh": "19950616"}}

MEMBERS = ("so_dinh_danh", "so_cmnd", "ho", "chu_dem", "ten", "gioi_tinh",
           "dan_toc", "ton_giao", "hon_nhan", "nhom_mau", "nam",
           "ngay_sinh", "con_lai")


def full_name(person):
    parts = (person["ho"], person["chu_dem"], person["ten"])
    return " ".join(part for part in parts if part)


def plain(name):
    """Upper case, without diacritics and without all that is no letter or
    digit: the comparison that the registry's clients are known to make."""
    text = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(c for c in text if c.isalnum() and c.isascii())


class Dice:
    """Draws that depend on the seed only. Of the random module only
    random() is promised to stay the same from one Python to the next."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def below(self, limit):
        return int(self.source.random() * limit)

    def chance(self, percent):
        return self.below(100) < percent

    def one(self, sequence):
        return sequence[self.below(len(sequence))]

    def weighted(self, rows):
        left = self.below(sum(row[-1] for row in rows))
        for row in rows:
            left -= row[-1]
            if left < 0:
                return row
        raise AssertionError("unreachable")


def place(province, detail=""):
    """An address with the two-level codes of 2025: no district, and commune
    codes that no list has."""
    commune = f"{99000 + int(province[1]) * 7 % 1000:05d}" if province else ""
    return {"MaTinhThanh": province, "MaQuanHuyen": "",
            "MaPhuongXa": commune, "ChiTiet": detail, "QuocGia": "VN"}


def relative(name="", number=""):
    return {"HoVaTen": name, "QuocTich": "VN" if name else "",
            "SoDinhDanh": number, "SoCMND": ""}


def draw_name(dice, woman, family=None):
    family = family or dice.weighted(words.FAMILY)[0]
    middle = words.MIDDLE_WOMEN if woman else words.MIDDLE_MEN
    given = words.GIVEN_WOMEN if woman else words.GIVEN_MEN
    return family, dice.weighted(middle)[0], dice.weighted(given)[0]


def draw_birth(dice):
    day = datetime.date(1930, 1, 1) + datetime.timedelta(
        days=dice.below((LAST_YEAR - 1930 + 1) * 365))
    # Of many old people only the year is known.
    year_only = day.year < 1960 and dice.chance(12)
    return day, year_only


def draw_number(dice, old_code, woman, year, used):
    sex = (0 if year < 2000 else 2) + (1 if woman else 0)
    head = f"{old_code}{sex}{year % 100:02d}"
    while True:
        number = f"{head}{FIRST_SERIAL + dice.below(1000000 - FIRST_SERIAL)}"
        if number not in used:
            used.add(number)
            return number


def draw_old_number(dice, year, used):
    """Nine digits, or none; a leading 9 was no province's."""
    if year >= 2003 or not dice.chance(70):
        return ""
    while True:
        number = f"9{dice.below(100000000):08d}"
        if number not in used:
            used.add(number)
            return number


def draw_rest(dice, province, name, family):
    code, town = province
    street = (f"Số {1 + dice.below(200)} đường {dice.one(words.STREET)}, "
              f"{dice.one(words.PLACE)}, {town}")
    father = " ".join(draw_name(dice, False, family))
    mother = " ".join(draw_name(dice, True))
    return {
        "NoiDangKyKhaiSinh": place(code), "QueQuan": place(code, town),
        "ThuongTru": place(code, street), "NoiOHienTai": place(code, street),
        "QuocTich": "VN", "Cha": relative(father), "Me": relative(mother),
        "VoChong": relative(), "NguoiDaiDien": relative(),
        "ChuHo": {"QuanHe": "", **relative(name)}, "SoSoHoKhau": "",
    }


def draw_person(dice, used):
    woman = dice.chance(50)
    family, middle, given = draw_name(dice, woman)
    day, year_only = draw_birth(dice)
    old_code, code, town, _ = dice.weighted(words.PROVINCES)
    number = draw_number(dice, old_code, woman, day.year, used)
    cmnd = draw_old_number(dice, day.year, used)
    name = f"{family} {middle} {given}"
    rest = draw_rest(dice, (code, town), name, family)
    if dice.chance(2):
        # Seen in replies: the whole name stands in its last part.
        family, middle, given = "", "", name
    return {
        "so_dinh_danh": number, "so_cmnd": cmnd, "ho": family,
        "chu_dem": middle, "ten": given, "gioi_tinh": "2" if woman else "1",
        "dan_toc": dice.weighted(words.ETHNIC)[0], "ton_giao": "00",
        # Its codes are in no fact sheet.
        "hon_nhan": "",
        "nhom_mau": dice.weighted(words.BLOOD)[0], "nam": str(day.year),
        "ngay_sinh": "" if year_only else day.strftime("%Y%m%d"),
        "con_lai": rest,
    }


def invent(seed=SEED, count=COUNT):
    """The same seed gives the same citizens, wherever it runs."""
    dice = Dice(seed)
    used = set()
    return [draw_person(dice, used) for _ in range(count)]


def load_profile(folder, name):
    """A profile merged into those that it extends."""
    profile = json.loads((folder / f"{name}.json").read_text("utf-8"))
    if "extends" not in profile:
        return profile
    below = load_profile(folder, profile["extends"])
    return merge(below, profile)


def merge(below, above):
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            value = merge(below[key], value)
        merged[key] = value
    return merged


def read_dg13(folder=PROFILES):
    """DG13 of each specimen card, by number."""
    cards = {}
    for path in sorted(folder.glob("*.json")):
        if path.name == "schema.json":
            continue
        text = load_profile(folder, path.stem).get("dg13") or {}
        own = json.loads(path.read_text("utf-8")).get("dg13") or {}
        if "id_number" in own:
            cards[text["id_number"]] = text
    return cards


def from_dg13(card):
    """The registry's record that agrees with this card in every field."""
    parts = card["full_name"].split()
    digits = "".join(c for c in card["birth"] if c.isdigit())
    town = card["residence"].rpartition(",")[2].strip()
    codes = {name: code for _, code, name, _ in words.PROVINCES}
    code = codes.get(town, "")
    return {
        "so_dinh_danh": card["id_number"],
        "so_cmnd": card.get("old_number", ""),
        "ho": parts[0], "chu_dem": " ".join(parts[1:-1]), "ten": parts[-1],
        "gioi_tinh": {"Nam": "1", "Nữ": "2"}[card["sex"]],
        "dan_toc": "01", "ton_giao": "00", "hon_nhan": "", "nhom_mau": "",
        "nam": digits[4:], "ngay_sinh": digits[4:] + digits[2:4] + digits[:2],
        "con_lai": {
            "NoiDangKyKhaiSinh": place(code),
            "QueQuan": place(code, card["origin"]),
            "ThuongTru": place(code, card["residence"]),
            "NoiOHienTai": place(code, card["residence"]), "QuocTich": "VN",
            "Cha": relative(card["father"]), "Me": relative(card["mother"]),
            "VoChong": relative(card["spouse"]), "NguoiDaiDien": relative(),
            "ChuHo": {"QuanHe": "", **relative(card["full_name"])},
            "SoSoHoKhau": "",
        },
    }


def specimens(folder=PROFILES):
    """Records of the specimen cards: equal, but for DIFFERS and ABSENT."""
    found = []
    for number, card in sorted(read_dg13(folder).items()):
        if number not in ABSENT:
            found.append({**from_dg13(card), **DIFFERS.get(number, {})})
    return found


def digest(persons):
    """One number for a whole population, to compare two of them."""
    text = json.dumps(persons, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
