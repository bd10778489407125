"""Tokens of links that confirm: signed, so that nobody can make one up."""

import hashlib

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection

from serving.record.access.secret_keys import known_key, own_key

_KEY = "opt_ins"
_SALT = "leadscore.opt-in"


def token_of(connection: Connection, opt_in_id: str) -> str:
    """Return the token of a request; until when it holds is kept with the request itself."""
    token = _serializer(own_key(connection, _KEY)).dumps(opt_in_id)
    return token if isinstance(token, str) else token.decode()


def id_in(connection: Connection, token: str) -> str | None:
    """Return the id of the request that a token confirms, None where it was not made here."""
    key = known_key(connection, _KEY)
    if key is None:
        return None
    try:
        return str(_serializer(key).loads(token))
    except (BadSignature, UnicodeError):
        return None


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        bytes.fromhex(key),
        salt=_SALT,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
