#!/usr/bin/python3
"""Makes the photographs beside this file from larger ones of the same names.

    /usr/bin/python3 data/flowers/make.py FOLDER

FOLDER has a sub-folder of JPEG files for each of the five classes, and LICENSE.txt with a line of credit for each photograph
(<class>/<file> <licence> by <photographer> - <page>). Photographs are turned as their EXIF orientation says, shrunk with an antialiasing
bilinear filter until the shorter side is 256 pixels (smaller ones stay as they are in size), and written as JPEG of quality 80 without
metadata. CREDITS.md is written beside them. The same input gives the same files with the same Pillow and libjpeg.
"""
import pathlib
import re
import sys

from PIL import Image, ImageOps

CLASSES = ["daisy", "dandelion", "roses", "sunflowers", "tulips"]
SHORTER_SIDE = 256
QUALITY = 80


def shrunk(image):
    image = ImageOps.exif_transpose(image).convert("RGB")
    width, height = image.size
    scale = SHORTER_SIDE / min(width, height)
    if scale >= 1:
        return image
    return image.resize((round(width * scale), round(height * scale)), Image.BILINEAR)


def credits(path):
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"(\S+/\S+\.jpg) +(CC.BY\S*(?: 2\.0)?) +by +(.*) - (https?://\S+)$", line)
        if match:
            found[match[1]] = (match[3].strip(), match[4])
        # One line of the credits has page and photographer the other way round.
        match = re.match(r"(\S+/\S+\.jpg) +CC.BY +(https?://\S+) - by (.*)$", line)
        if match:
            found[match[1]] = (match[3].strip(), match[2])
    return found


source = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent
by = credits(source / "LICENSE.txt")
rows, total = [], 0
for name in CLASSES:
    (here / name).mkdir(exist_ok=True)
    for path in sorted((source / name).glob("*.jpg")):
        key = f"{name}/{path.name}"
        target = here / name / path.name
        shrunk(Image.open(path)).save(target, "JPEG", quality=QUALITY, optimize=True)
        total += target.stat().st_size
        photographer, page = by[key]
        rows.append(f"| `{key}` | {photographer.replace('|', '/')} | <{page}> |")

(here / "CREDITS.md").write_text(
    "# Credits\n\n"
    "The photographs are licensed [CC BY 2.0](https://creativecommons.org/licenses/by/2.0/) by their photographers. They were made smaller;\n"
    "nothing else was changed. Thanks to all of them.\n\n"
    "| photograph | photographer | page |\n|---|---|---|\n" + "\n".join(rows) + "\n", encoding="utf-8")
print(f"{len(rows)} photographs, {total:,} bytes")
