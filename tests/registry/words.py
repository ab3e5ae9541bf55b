# SPDX-License-Identifier: Apache-2.0
"""Words of which the invented citizens are made; lists of this project.

A weight stands behind a word that is commoner than the others.
"""

FAMILY = (
    ("Nguyễn", 38), ("Trần", 12), ("Lê", 9), ("Phạm", 7), ("Hoàng", 5),
    ("Huỳnh", 3), ("Phan", 4), ("Vũ", 3), ("Võ", 3), ("Đặng", 3),
    ("Bùi", 3), ("Đỗ", 2), ("Hồ", 2), ("Ngô", 2), ("Dương", 2),
    ("Lý", 1), ("Đinh", 1), ("Trịnh", 1), ("Mai", 1), ("Lương", 1),
    ("Đoàn", 1), ("Tạ", 1), ("Chu", 1), ("Quách", 1), ("Thái", 1),
)

MIDDLE_MEN = (
    ("Văn", 20), ("Hữu", 4), ("Đức", 6), ("Minh", 5), ("Quang", 4),
    ("Công", 3), ("Xuân", 3), ("Ngọc", 2), ("Thanh", 3), ("Quốc", 4),
    ("Đình", 3), ("Bá", 2), ("Gia", 2), ("Trọng", 2), ("Anh", 1),
)

MIDDLE_WOMEN = (
    ("Thị", 26), ("Thị Thu", 3), ("Thị Ngọc", 3), ("Thị Minh", 2),
    ("Thị Kim", 2), ("Ngọc", 4), ("Thu", 3), ("Phương", 3), ("Bảo", 2),
    ("Khánh", 2), ("Hoài", 2), ("Diệu", 1), ("Mỹ", 2), ("Quỳnh", 2),
)

GIVEN_MEN = (
    ("An", 2), ("Bình", 3), ("Cường", 4), ("Dũng", 4), ("Đạt", 3),
    ("Hải", 4), ("Hiếu", 3), ("Hoàng", 3), ("Hùng", 5), ("Huy", 4),
    ("Khánh", 2), ("Khoa", 2), ("Kiên", 2), ("Lâm", 2), ("Long", 3),
    ("Mạnh", 2), ("Nam", 4), ("Nghĩa", 2), ("Phong", 2), ("Phúc", 3),
    ("Quân", 3), ("Sơn", 4), ("Tài", 2), ("Thắng", 4), ("Thành", 4),
    ("Tiến", 3), ("Toàn", 2), ("Trung", 3), ("Tuấn", 5), ("Vinh", 2),
)

GIVEN_WOMEN = (
    ("Anh", 5), ("Ánh", 2), ("Châu", 2), ("Chi", 3), ("Dung", 3),
    ("Giang", 2), ("Hà", 4), ("Hạnh", 3), ("Hằng", 3), ("Hiền", 3),
    ("Hoa", 4), ("Hồng", 3), ("Huệ", 2), ("Hương", 5), ("Lan", 5),
    ("Liên", 2), ("Linh", 5), ("Loan", 2), ("Mai", 3), ("My", 2),
    ("Nga", 3), ("Ngân", 2), ("Nhung", 2), ("Oanh", 2), ("Phương", 4),
    ("Thảo", 4), ("Thủy", 3), ("Trang", 4), ("Tuyết", 2), ("Yến", 2),
)

STREET = (
    "Mẫu", "Hoa Ban", "Cây Gạo", "Giếng Nước", "Đồng Lúa", "Bến Đò",
    "Lũy Tre", "Sân Đình", "Hàng Cau", "Suối Trong", "Đồi Chè", "Cầu Gỗ",
)

PLACE = ("Phường Mẫu", "Xã Thử", "Phường Thử", "Xã Mẫu")

# A birth registered under the old code (its first three digits are in the
# number) is kept today by the new province of the same line.
PROVINCES = (
    ("001", "01", "Hà Nội", 80), ("002", "08", "Tuyên Quang", 8),
    ("004", "04", "Cao Bằng", 5), ("006", "19", "Thái Nguyên", 3),
    ("008", "08", "Tuyên Quang", 8), ("010", "15", "Lào Cai", 7),
    ("011", "11", "Điện Biên", 6), ("012", "12", "Lai Châu", 5),
    ("014", "14", "Sơn La", 12), ("015", "15", "Lào Cai", 8),
    ("017", "25", "Phú Thọ", 9), ("019", "19", "Thái Nguyên", 13),
    ("020", "20", "Lạng Sơn", 8), ("022", "22", "Quảng Ninh", 13),
    ("024", "24", "Bắc Ninh", 18), ("025", "25", "Phú Thọ", 15),
    ("026", "25", "Phú Thọ", 11), ("027", "24", "Bắc Ninh", 14),
    ("030", "31", "Hải Phòng", 19), ("031", "31", "Hải Phòng", 20),
    ("033", "33", "Hưng Yên", 12), ("034", "33", "Hưng Yên", 19),
    ("035", "37", "Ninh Bình", 9), ("036", "37", "Ninh Bình", 18),
    ("037", "37", "Ninh Bình", 10), ("038", "38", "Thanh Hóa", 36),
    ("040", "40", "Nghệ An", 33), ("042", "42", "Hà Tĩnh", 13),
    ("044", "44", "Quảng Trị", 9), ("045", "44", "Quảng Trị", 6),
    ("046", "46", "Huế", 11), ("048", "48", "Đà Nẵng", 11),
    ("049", "48", "Đà Nẵng", 15), ("051", "51", "Quảng Ngãi", 12),
    ("052", "52", "Gia Lai", 15), ("054", "66", "Đắk Lắk", 9),
    ("056", "56", "Khánh Hòa", 12), ("058", "56", "Khánh Hòa", 6),
    ("060", "68", "Lâm Đồng", 12), ("062", "51", "Quảng Ngãi", 5),
    ("064", "52", "Gia Lai", 15), ("066", "66", "Đắk Lắk", 19),
    ("067", "68", "Lâm Đồng", 6), ("068", "68", "Lâm Đồng", 13),
    ("070", "75", "Đồng Nai", 10), ("072", "80", "Tây Ninh", 12),
    ("074", "79", "Thành phố Hồ Chí Minh", 24),
    ("075", "75", "Đồng Nai", 31),
    ("077", "79", "Thành phố Hồ Chí Minh", 11),
    ("079", "79", "Thành phố Hồ Chí Minh", 90),
    ("080", "80", "Tây Ninh", 17), ("082", "82", "Đồng Tháp", 18),
    ("083", "86", "Vĩnh Long", 13), ("084", "86", "Vĩnh Long", 10),
    ("086", "86", "Vĩnh Long", 10), ("087", "82", "Đồng Tháp", 16),
    ("089", "91", "An Giang", 19), ("091", "91", "An Giang", 17),
    ("092", "92", "Cần Thơ", 12), ("093", "92", "Cần Thơ", 7),
    ("094", "92", "Cần Thơ", 12), ("095", "96", "Cà Mau", 9),
    ("096", "96", "Cà Mau", 12),
)

# Code and weight; the list of the General Statistics Office (1979).
ETHNIC = (
    ("01", 853), ("02", 19), ("03", 19), ("04", 8), ("05", 14),
    ("06", 15), ("07", 11), ("08", 14), ("09", 9), ("10", 5),
    ("12", 4), ("13", 3), ("17", 2), ("54", 1),
)

BLOOD = (("", 70), ("O", 12), ("A", 7), ("B", 9), ("AB", 2))
