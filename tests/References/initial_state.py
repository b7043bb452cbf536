"""The initial state of ResNet-20, computed a second time from the description in RandomNumbers.cs.

Run: /usr/bin/python3 tests/References/initial_state.py
Writes initial-state.json beside this file: for each seed the first elements of some tensors, as float32 bit patterns, and the SHA-256 of all
tensors' little-endian float32 bytes in order. Every operation below is an IEEE 754 double operation of numpy, which does not fuse them.
"""
import hashlib
import json
import pathlib

import numpy as np

MASK = np.uint64(0xFFFFFFFF)


def philox(c0, c1, c2, c3, k0, k1):
    c0, c1, c2, c3 = (np.asarray(c, dtype=np.uint64) + np.zeros(len(c0), np.uint64) for c in (c0, c1, c2, c3))
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * c0
        p2 = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (p2 >> np.uint64(32)) ^ c1 ^ np.uint64(k0), p2 & MASK, (p0 >> np.uint64(32)) ^ c3 ^ np.uint64(k1), p0 & MASK
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def fnv1a(name):
    value = 14695981039346656037
    for byte in name.encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return value


def uniform_pairs(seed, name, pairs, attempts):
    stream = fnv1a(name)
    w0, w1, w2, w3 = philox(pairs, attempts, [stream & 0xFFFFFFFF], [stream >> 32], seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF)
    return [((high << np.uint64(32) | low) >> np.uint64(11)).astype(np.float64) * 2.0**-53 for low, high in ((w0, w1), (w2, w3))]


def logarithm(x):
    mantissa, exponent = np.frexp(x)  # [0.5, 1)
    mantissa, exponent = mantissa * 2, exponent - 1
    large = mantissa >= 1.4142135623730951
    mantissa, exponent = np.where(large, mantissa / 2, mantissa), exponent + large
    t = (mantissa - 1) / (mantissa + 1)
    square, series = t * t, 0.0
    for odd in range(23, 0, -2):
        series = series * square + 1.0 / odd
    return exponent * 0.6931471805599453 + 2 * t * series


def normal(seed, name, count):
    pairs = np.arange((count + 1) // 2, dtype=np.uint64)
    result = np.zeros((len(pairs), 2))
    attempts = np.zeros(len(pairs), np.uint64)
    open_places = np.ones(len(pairs), bool)
    while open_places.any():
        u0, u1 = uniform_pairs(seed, name, pairs[open_places], attempts[open_places])
        v0, v1 = 2 * u0 - 1, 2 * u1 - 1
        s = v0 * v0 + v1 * v1
        good = (s > 0) & (s < 1)
        scale = np.sqrt(-2 * logarithm(s[good]) / s[good])
        places = np.flatnonzero(open_places)
        result[places[good]] = np.stack([v0[good] * scale, v1[good] * scale], axis=1)
        attempts[places[~good]] += np.uint64(1)
        open_places[places[good]] = False
    return result.reshape(-1)[:count]


def uniform(seed, name, count):
    pairs = np.arange((count + 1) // 2, dtype=np.uint64)
    u = np.stack(uniform_pairs(seed, name, pairs, np.zeros(len(pairs), np.uint64)), axis=1).reshape(-1)[:count]
    return 2 * u - 1


def resnet20(seed):
    def conv(name, out_channels, in_channels):
        count = out_channels * in_channels * 9
        yield name + ".weight", normal(seed, name + ".weight", count) * np.sqrt(2.0 / (out_channels * 9))

    def batch_norm(name, channels):
        for part, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            yield f"{name}.{part}", np.full(channels, value)

    yield from conv("conv1", 16, 3)
    yield from batch_norm("bn1", 16)
    in_channels = 16
    for stage, channels in enumerate((16, 32, 64), 1):
        for block in range(3):
            prefix = f"layer{stage}.{block}."
            yield from conv(prefix + "conv1", channels, in_channels)
            yield from batch_norm(prefix + "bn1", channels)
            yield from conv(prefix + "conv2", channels, channels)
            yield from batch_norm(prefix + "bn2", channels)
            in_channels = channels
    yield "linear.weight", uniform(seed, "linear.weight", 640) * (1 / np.sqrt(64.0))
    yield "linear.bias", uniform(seed, "linear.bias", 10) * (1 / np.sqrt(64.0))


golden = []
for seed in (0, 1, -7, 123456789012345):
    everything, first = hashlib.sha256(), {}
    for name, values in resnet20(seed):
        values = values.astype("<f4")
        everything.update(values.tobytes())
        if name in ("conv1.weight", "layer2.0.conv1.weight", "linear.weight", "linear.bias"):
            first[name] = [f"{bits:08x}" for bits in values[:5].view("<u4")]
    golden.append({"seed": seed, "sha256": everything.hexdigest(), "first": first})

path = pathlib.Path(__file__).with_name("initial-state.json")
path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in golden) + "\n]\n")
