#!/usr/bin/env node
// Skia's own sampling as golden pixels: writes skia-sampling.json beside this file. Needs the npm package canvaskit-wasm 0.42.0 (Skia, BSD-3-Clause)
// where node finds it from SKIA_MODULES (a folder that holds node_modules). Run: SKIA_MODULES=/tmp/skia node tests/References/skia_sampling.mjs
//
// Sources are bytes of a linear congruential generator (x = 1664525 x + 1013904223 mod 2^32, from x = width * 65536 + height, top byte), four a
// pixel: red, green, blue, alpha. "opaque" sets alpha to 255. "nearest" is drawn without a filter, its result as SHA-256 of the RGBA bytes;
// "cubic" with Mitchell's (B = C = 1/3) onto opaque black within a rectangle, colours premultiplied by round(c * a / 255), its result as base64;
// "grey" with the colour matrix of rows 0.3, 0.59, 0.11.
import { createHash } from 'crypto';
import { createRequire } from 'module';
import { writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';

const modules = process.env.SKIA_MODULES + '/';
const CK = await createRequire(modules)('canvaskit-wasm')({ locateFile: file => `${modules}node_modules/canvaskit-wasm/bin/${file}` });
const info = (width, height) => ({
  width, height, colorType: CK.ColorType.RGBA_8888, alphaType: CK.AlphaType.Premul, colorSpace: CK.ColorSpace.SRGB });

function source(width, height, opaque) {
  let x = (width * 65536 + height) >>> 0;
  const bytes = new Uint8Array(width * height * 4);
  for (let i = 0; i < bytes.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = opaque && i % 4 === 3 ? 255 : x >>> 24;
  }
  return bytes;
}

function premultiplied(bytes) {
  return bytes.map((value, i) => i % 4 === 3 ? value : Math.floor((value * bytes[i - i % 4 + 3] + 127) / 255));
}

function drawn(width, height, bytes, newWidth, newHeight, draw) {
  const surface = CK.MakeSurface(newWidth, newHeight);
  const canvas = surface.getCanvas();
  canvas.clear(CK.BLACK);
  const image = CK.MakeImage(info(width, height), bytes, width * 4);
  draw(canvas, image);
  const pixels = canvas.readPixels(0, 0, info(newWidth, newHeight));
  image.delete();
  surface.delete();
  return pixels;
}

const nearest = [
  [8, 8, 4, 4], [100, 60, 50, 30], [500, 375, 224, 224], [3, 2, 50, 31], [640, 480, 100, 100], [333, 500, 224, 224], [600, 600, 250, 250],
  [1000, 600, 300, 180],
].map(([width, height, newWidth, newHeight]) => {
  const pixels = drawn(width, height, source(width, height, true), newWidth, newHeight, (canvas, image) => canvas.drawImageRectOptions(
    image, [0, 0, width, height], [0, 0, newWidth, newHeight], CK.FilterMode.Nearest, CK.MipmapMode.None, new CK.Paint()));
  return { width, height, newWidth, newHeight, sha256: createHash('sha256').update(pixels).digest('hex') };
});

const cubic = [
  // width, height, canvas width and height, left, top, right and bottom of the image on it, opaque, what asks for it
  [100, 60, 50, 50, 0, 10, 50, 40, true, 'IsoPad', 'Center'], [50, 80, 40, 40, 7, 0, 32, 40, true, 'IsoPad', 'Center'],
  [75, 50, 30, 30, -7, 0, 38, 30, true, 'IsoCrop', 'Center'], [75, 50, 30, 30, 0, 0, 45, 30, true, 'IsoCrop', 'Left'],
  [75, 50, 30, 30, -15, 0, 30, 30, true, 'IsoCrop', 'Right'], [40, 64, 32, 32, 0, 0, 32, 51, true, 'IsoCrop', 'Top'],
  [40, 64, 32, 32, 0, -19, 32, 32, true, 'IsoCrop', 'Bottom'], [40, 64, 32, 32, 0, -9, 32, 42, true, 'IsoCrop', 'Center'],
  [20, 14, 44, 44, -9, 0, 53, 44, true, 'IsoCrop', 'Center'], [75, 50, 30, 30, -7, 0, 38, 30, false, 'IsoCrop', 'Center'],
].map(([width, height, newWidth, newHeight, left, top, right, bottom, opaque, kind, anchor]) => {
  const bytes = source(width, height, opaque);
  const pixels = drawn(width, height, premultiplied(bytes), newWidth, newHeight, (canvas, image) => canvas.drawImageRectCubic(
    image, [0, 0, width, height], [left, top, right, bottom], 1 / 3, 1 / 3, new CK.Paint()));
  return { width, height, newWidth, newHeight, opaque, kind, anchor, pixels: Buffer.from(pixels).toString('base64') };
});

const [greyWidth, greyHeight] = [31, 17];
const paint = new CK.Paint();
paint.setColorFilter(CK.ColorFilter.MakeMatrix([0.3, 0.59, 0.11, 0, 0, 0.3, 0.59, 0.11, 0, 0, 0.3, 0.59, 0.11, 0, 0, 0, 0, 0, 1, 0]));
const grey = drawn(greyWidth, greyHeight, source(greyWidth, greyHeight, true), greyWidth, greyHeight, (canvas, image) => canvas.drawImage(image, 0, 0, paint));

writeFileSync(join(dirname(fileURLToPath(import.meta.url)), 'skia-sampling.json'), JSON.stringify({
  canvaskit: '0.42.0', nearest, cubic, grey: { width: greyWidth, height: greyHeight, pixels: Buffer.from(grey).toString('base64') },
}, null, 1) + '\n');
