"""Users and passwords (RFC 7617): what a client says, and whether it is right."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from agent.http.message import Request
from agent.http.turns import Turns
from agent.threads import in_thread

_SCHEME = "basic"
_LONGEST = 72  # bytes; bcrypt takes no notice of more
_REMEMBERED = 100
#: Of nobody: what is compared with it takes as long, and never is right.
_NOBODY = b"." * 53

Users = Mapping[bytes, bytes]


class Credentials(NamedTuple):
    """What a client claims."""

    user: bytes
    password: bytes


def credentials_of(request: Request) -> Credentials | None:
    """Return what a request claims, None if nothing or nonsense."""
    scheme, _, rest = request.header("authorization").partition(" ")
    if scheme.lower() != _SCHEME:
        return None
    try:
        text = base64.b64decode(rest.strip(), validate=True)
    except ValueError:
        return None
    user, colon, password = text.partition(b":")
    return Credentials(user, password) if colon else None


class Passwords:
    """Compares with bcrypt's hashes, which takes long on purpose.

    So it is done in a thread, one at a time, networks in turn, and what was right is
    remembered: who guesses keeps nobody out. After a wrong one there is a pause as
    long, so that guessing costs the node half a processor at most.
    """

    def __init__(self) -> None:
        self._turns = Turns()
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, None] = {}

    def remembers(self, users: Users, credentials: Credentials) -> bool:
        """Tell whether this was found right before, with the same hash."""
        hashed = users.get(credentials.user)
        return hashed is not None and self._digest(hashed, credentials) in self._right

    async def is_right(
        self, users: Users, credentials: Credentials, network: str
    ) -> bool:
        """Tell whether a user has this password; raise OSError without a thread.

        It takes as long for a user that there is not.
        """
        await self._turns.wait(network)
        hashed = users.get(credentials.user)
        begun = time.monotonic()
        comparing = in_thread(
            partial(_compare, hashed or _of_nobody(users), credentials.password)
        )
        comparing.add_done_callback(partial(self._release, begun))
        # Who leaves meanwhile has still the thread: the turn is over with it.
        right = await asyncio.shield(comparing) and hashed is not None
        if right and hashed:
            self._remember(self._digest(hashed, credentials))
        return right

    def _release(self, begun: float, comparing: asyncio.Future[bool]) -> None:
        if not comparing.exception() and comparing.result():
            self._turns.end()
            return
        pause = time.monotonic() - begun
        asyncio.get_running_loop().call_later(pause, self._turns.end)

    def _remember(self, digest: bytes) -> None:
        if len(self._right) >= _REMEMBERED:  # users and hashes that have changed
            del self._right[next(iter(self._right))]
        self._right[digest] = None

    def _digest(self, hashed: bytes, credentials: Credentials) -> bytes:
        """Return what tells nobody the password who sees our memory."""
        lengths = f"{len(credentials.user)} {len(hashed)} ".encode()
        text = lengths + credentials.user + hashed + credentials.password
        return hmac.new(self._key, text, hashlib.sha256).digest()


def _of_nobody(users: Users) -> bytes:
    """Return a hash that costs what those of *users* do."""
    return max(users.values(), key=lambda hashed: hashed[4:6])[:7] + _NOBODY


def _compare(hashed: bytes, password: bytes) -> bool:
    import bcrypt  # only who has users spends a megabyte for it

    return bcrypt.checkpw(password[:_LONGEST], hashed)
