#!/usr/bin/env python3
"""An e-card and its status list written a second time, from docs/card-format.md alone, with python3-cbor2 and
python3-cryptography: the source of src/modules/cards/interop_test.cpp, which checks that we accept them.

Keys are derived from fixed words, signatures are random, so every run prints others that are just as good.
"""
import base64
import hashlib
import json
import struct
import zlib

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
NOW = 1795000000
KID = bytes.fromhex("0a1b2c3d")
URI = "https://card.example/api/v1/status-lists/0"


def key_of(word: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(word.encode()).digest(), "big") >> 1, ec.SECP256R1())


def coordinates(key) -> tuple[bytes, bytes]:
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def sign(key, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def cwt(key, claims: dict, header: dict) -> bytes:
    protected = cbor2.dumps(header, canonical=True)
    payload = cbor2.dumps(claims, canonical=True)
    signature = sign(key, cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, [protected, {}, payload, signature])))


def base45(octets: bytes) -> str:
    text = ""
    for at in range(0, len(octets) - 1, 2):
        pair = octets[at] * 256 + octets[at + 1]
        text += ALPHABET[pair % 45] + ALPHABET[pair // 45 % 45] + ALPHABET[pair // 2025]
    if len(octets) % 2:
        text += ALPHABET[octets[-1] % 45] + ALPHABET[octets[-1] // 45]
    return text


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def main() -> None:
    issuer, holder = key_of("issuer"), key_of("holder")
    x, y = coordinates(holder)
    credential = cwt(issuer, {
        1: "educard:0a1b2c3d", 4: NOW + 86400, 6: NOW - 86400, 7: (42).to_bytes(8, "big"),
        8: {1: {1: 2, -1: 1, -2: x, -3: y}}, 169: {1: "3235481960292229", 4: "张小明"},
        65535: {"status_list": {"idx": 77, "uri": URI}},
        -65537: "student", -65538: "2132000001", -65539: "primary"}, {1: -7, 4: KID})
    proof = sign(holder, b"educard/card-presentation/1\0" + hashlib.sha256(credential).digest() + struct.pack(">Q", NOW))
    code = "EDU1:" + base45(cbor2.dumps([credential, NOW, proof]))
    bits = bytearray(32)
    bits[5 >> 2] |= 2 << 2 * (5 & 3)
    statuses = cwt(issuer, {2: URI, 4: NOW + 86400, 6: NOW, 65534: 300,
                            65533: {"bits": 2, "lst": zlib.compress(bytes(bits), 9)}},
                   {1: -7, 4: KID, 16: "application/statuslist+cwt"})
    x, y = coordinates(issuer)
    key = {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y), "use": "sig", "alg": "ES256", "kid": KID.hex()}
    print(json.dumps({"keys": {"issuer": "educard:0a1b2c3d", "keys": [key], "cose_keys": ""}, "time": NOW, "code": code,
                      "statuses": base64url(statuses)}, indent=1))


if __name__ == "__main__":
    main()
