"""A device that makes passkeys and signs with them, as the standard says; for tests."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40
SITE = "http://127.0.0.1:8000"


@dataclass
class Device:
    """One passkey and how often it signed; what it says can be bent."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    origin: str = SITE
    host: str = "127.0.0.1"
    flags: int = PRESENT | VERIFIED
    left_out: frozenset[int] = frozenset()
    """Parts that its key does not have."""

    def make(self, options: dict[str, Any]) -> str:
        """Answer what asks for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        parts = {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        key = cbor2.dumps({name: part for name, part in parts.items() if name not in self.left_out})
        tail = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        made = {"fmt": "none", "attStmt": {}, "authData": self.data(NEW) + tail}
        said = self.say("webauthn.create", options)
        return self.answer(clientDataJSON=said, attestationObject=cbor2.dumps(made))

    def sign(self, options: dict[str, Any]) -> str:
        """Answer what asks who it is."""
        self.count += 1
        said, data = self.say("webauthn.get", options), self.data(0)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self.answer(clientDataJSON=said, authenticatorData=data, signature=signature)

    def data(self, more: int) -> bytes:
        """Return what is signed of the site and of the device."""
        flags = (self.flags | more).to_bytes(1, "big")
        return hashlib.sha256(self.host.encode()).digest() + flags + self.count.to_bytes(4, "big")

    def say(self, kind: str, options: dict[str, Any]) -> bytes:
        """Return what the browser says of the page."""
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def answer(self, **parts: bytes) -> str:
        """Return the whole as a browser sends it."""
        name = bytes_to_base64url(self.id)
        response = {each: bytes_to_base64url(part) for each, part in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
