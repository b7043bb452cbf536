#!/usr/bin/python3
"""Small encoded images with the pixels a decoder must give: writes image-decode.json beside this file.

Pixels come from PIL (8-bit forms; EXIF turned by ImageOps.exif_transpose) or, where PIL keeps only the high byte, from the samples
that this script wrote itself (16-bit: v/257 rounded). All must agree exactly. Run: /usr/bin/python3 tests/References/image_decode.py
"""
import base64
import hashlib
import io
import json
import pathlib
import struct
import zlib

import numpy
from PIL import Image, ImageOps, __version__

W, H = 23, 17
cases = []
row, column = numpy.mgrid[0:H, 0:W]
RGB = numpy.stack([(row * 15) % 256, (column * 11) % 256, (row * 7 + column * 5) % 256], axis=2).astype(numpy.uint8)
GREY = ((row * 9 + column * 6) % 256).astype(numpy.uint8)
ALPHA = ((row * column) % 256).astype(numpy.uint8)


def add(name, encoded, pixels):
    pixels = numpy.asarray(pixels)
    assert pixels.dtype == numpy.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3, (name, pixels.shape)
    cases.append({
        "name": name, "encoded": base64.b64encode(encoded).decode(), "width": pixels.shape[1], "height": pixels.shape[0],
        "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
    })


def save(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def by_pil(encoded):
    return numpy.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(encoded))).convert("RGB"))


def png(samples, bits, colour_type, extra=b""):
    """A PNG of unfiltered rows, for the depths PIL does not write."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + samples[i].astype(">u2" if bits == 16 else "u1").tobytes() for i in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


rgb, grey = Image.fromarray(RGB), Image.fromarray(GREY)
rgba = Image.fromarray(numpy.dstack([RGB, ALPHA]), "RGBA")
grey_alpha = Image.merge("LA", (grey, Image.fromarray(ALPHA)))
palette = rgb.quantize(16)
two = grey.point(lambda v: 255 if v > 127 else 0).convert("1")
repeat = numpy.repeat(GREY[:, :, None], 3, axis=2)

for name, image, pixels in [
    ("rgb", rgb, RGB), ("grey", grey, repeat), ("rgba", rgba, RGB), ("grey-alpha", grey_alpha, repeat),
    ("palette", palette, numpy.asarray(palette.convert("RGB"))), ("two-tone", two, numpy.asarray(two.convert("RGB"))),
]:
    add(f"png-{name}", save(image, "PNG"), pixels)

WIDE = ((row * 2503 + column * 991) % 65536).astype(numpy.uint16)
WIDE_RGB = numpy.stack([WIDE, 65535 - WIDE, (WIDE.astype(int) * 7 % 65536).astype(numpy.uint16)], axis=2)
to_byte = lambda v: numpy.floor(v.astype(float) / 257 + 0.5).astype(numpy.uint8)
add("png-grey-16", png(WIDE, 16, 0), numpy.repeat(to_byte(WIDE)[:, :, None], 3, axis=2))
add("png-rgb-16", png(WIDE_RGB, 16, 2), to_byte(WIDE_RGB))
add("png-rgba-16", png(numpy.dstack([WIDE_RGB, WIDE]), 16, 6), to_byte(WIDE_RGB))

for name, image, options in [
    ("420", rgb, {"quality": 90, "subsampling": 2}), ("422", rgb, {"quality": 90, "subsampling": 1}), ("444", rgb, {"quality": 75, "subsampling": 0}),
    ("progressive", rgb, {"quality": 85, "progressive": True}), ("grey", grey, {"quality": 90}),
]:
    encoded = save(image, "JPEG", **options)
    add(f"jpeg-{name}", encoded, by_pil(encoded))

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    encoded = save(rgb, "JPEG", quality=90, exif=exif)
    add(f"jpeg-orientation-{orientation}", encoded, by_pil(encoded))

add("webp-lossless", save(rgb, "WEBP", lossless=True), RGB)
add("webp-lossless-alpha", save(rgba, "WEBP", lossless=True, exact=True), RGB)
lossy = save(rgb, "WEBP", quality=80)
add("webp-lossy", lossy, by_pil(lossy))
add("gif", save(palette, "GIF"), numpy.asarray(palette.convert("RGB")))
add("gif-grey", save(grey, "GIF"), repeat)
second = Image.fromarray(255 - RGB).quantize(16)
add("gif-animated-first", save(palette, "GIF", save_all=True, append_images=[second]), numpy.asarray(palette.convert("RGB")))

for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
    add(f"tiff-rgb-{compression}", save(rgb, "TIFF", compression=compression), RGB)
add("tiff-grey", save(grey, "TIFF"), repeat)
add("tiff-rgba", save(rgba, "TIFF"), RGB)
add("tiff-palette", save(palette, "TIFF"), numpy.asarray(palette.convert("RGB")))
add("tiff-two-tone", save(two, "TIFF"), numpy.asarray(two.convert("RGB")))
add("tiff-grey-16", save(Image.fromarray(WIDE), "TIFF"), numpy.repeat(to_byte(WIDE)[:, :, None], 3, axis=2))

for name, image in [("rgb", rgb), ("grey", grey), ("palette", palette), ("two-tone", two)]:
    add(f"bmp-{name}", save(image, "BMP"), numpy.asarray(image.convert("RGB")))
add("bmp-rgba", save(rgba, "BMP"), RGB)

# Ink without a profile inside: the decoder's own decides, so the test asks only what inks do to light. Eight patches of two columns.
INKS = [(0, 0, 0, 0), (0, 0, 0, 255), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (255, 255, 0, 0), (0, 255, 255, 0), (255, 0, 255, 0)]
CMYK = Image.new("CMYK", (8 * len(INKS), 8))
for x, ink in enumerate(INKS):
    CMYK.paste(ink, (8 * x, 0, 8 * x + 8, 8))
inks = {"tiff": base64.b64encode(save(CMYK, "TIFF")).decode(), "jpeg": base64.b64encode(save(CMYK, "JPEG", quality=100, subsampling=0)).decode()}

path = pathlib.Path(__file__).parent / "image-decode.json"
path.write_text(json.dumps({"pil": __version__, "cases": cases, "inks": inks}, indent=1) + "\n")
print(f"{len(cases)} cases, {path.stat().st_size} bytes, to {path}")
