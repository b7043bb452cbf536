#!/usr/bin/python3
"""PIL's resize as golden hashes: writes image-resize.json beside this file.

Each case names a source that the test rebuilds by the same rule (bytes of a linear congruential generator, or smooth ramps),
the new size and the filter, and holds the SHA-256 of PIL's output bytes. Run: /usr/bin/python3 tests/References/image_resize.py
"""
import hashlib
import json
import pathlib

from PIL import Image, __version__

FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "nearest": Image.NEAREST}
SIZES = [  # source width, height, new width, height
    (500, 375, 341, 256), (375, 500, 256, 341), (32, 32, 224, 224), (97, 61, 13, 7), (61, 97, 61, 40), (61, 97, 40, 97),
    (28, 28, 32, 32), (3, 2, 50, 31), (1, 1, 5, 4), (299, 201, 299, 299), (640, 33, 5, 3), (100, 100, 33, 66), (224, 224, 224, 224),
]


def source(width, height, channels):
    """Byte i is the top byte of x after i + 1 steps of x = 1664525 x + 1013904223 mod 2^32, from x = width * 65536 + height."""
    x = width * 65536 + height
    data = bytearray()
    for _ in range(width * height * channels):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        data.append(x >> 24)
    return bytes(data)


cases = []
for width, height, new_width, new_height in SIZES:
    for channels in (1, 3):
        image = Image.frombytes("L" if channels == 1 else "RGB", (width, height), source(width, height, channels))
        for name, kind in FILTERS.items():
            result = image.resize((new_width, new_height), kind)
            cases.append({
                "width": width, "height": height, "channels": channels, "newWidth": new_width, "newHeight": new_height, "filter": name,
                "sha256": hashlib.sha256(result.tobytes()).hexdigest(),
            })

path = pathlib.Path(__file__).parent / "image-resize.json"
path.write_text(json.dumps({"pil": __version__, "cases": cases}, indent=1) + "\n")
print(f"{len(cases)} cases to {path}")
