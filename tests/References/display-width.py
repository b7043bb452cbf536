"""Writes display-width.json: how many terminal columns each assigned character fills, by Python's Unicode tables.

Two columns: East Asian Width W or F. None: marks that do not advance (Mn, Me) and format characters (Cf).
Ranges [first, last] of assigned code points from U+0020 on; private use and surrogates left out.

    /usr/bin/python3 tests/References/display-width.py
"""
import json
import pathlib
import unicodedata


def width(code):
    character = chr(code)
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def ranges(wanted):
    found = []
    for code in range(0x20, 0x110000):
        if unicodedata.category(chr(code)) in ("Cn", "Co", "Cs", "Cc") or width(code) != wanted:
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(
    {"unicode": unicodedata.unidata_version, "none": ranges(0), "one": ranges(1), "two": ranges(2)}, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
