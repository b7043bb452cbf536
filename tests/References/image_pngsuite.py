#!/usr/bin/python3
"""Pixels of PngSuite's whole files as golden hashes: writes image-pngsuite.json beside this file.

PIL's convert("RGB"), alpha dropped. PIL keeps only the high byte of 16-bit colour, so those files are left out; 16-bit grey is v/257 rounded.
Run: /usr/bin/python3 tests/References/image_pngsuite.py FOLDER_OF_TEST_DATA
"""
import hashlib
import json
import pathlib
import struct
import sys

import numpy
from PIL import Image, __version__

files = {}
for file in sorted((pathlib.Path(sys.argv[1]) / "broken" / "pngsuite").glob("[!x]*.png")):
    bits, colour_type = struct.unpack(">BB", file.read_bytes()[24:26])
    if bits == 16 and colour_type != 0:
        continue
    image = Image.open(file)
    if bits == 16:
        grey = numpy.floor(numpy.asarray(image).astype(float) / 257 + 0.5).astype(numpy.uint8)
        pixels = numpy.repeat(grey[:, :, None], 3, axis=2)
    else:
        pixels = numpy.asarray(image.convert("RGBA").convert("RGB") if image.mode == "P" else image.convert("RGB"))
    files[file.name] = hashlib.sha256(pixels.tobytes()).hexdigest()

path = pathlib.Path(__file__).parent / "image-pngsuite.json"
path.write_text(json.dumps({"pil": __version__, "files": files}, indent=1) + "\n")
print(f"{len(files)} files to {path}")
