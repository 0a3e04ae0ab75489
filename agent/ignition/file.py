"""One file of an Ignition config: what Ignition or the MCO would refuse in it."""

import posixpath
import re

from agent.ignition import dataurl
from agent.ignition.content import is_remote
from agent.ignition.entries import FileEntry, Placed, Spec
from agent.ignition.fields import Field

_KNOWN = frozenset({"append", "contents", "group", "mode", "overwrite", "path", "user"})
_KNOWN_2 = _KNOWN | {"filesystem"}
_KNOWN_CONTENTS = frozenset({"compression", "httpHeaders", "source", "verification"})
_LARGEST_MODE, _LARGEST_MCO_MODE = 0o7777, 0o777
#: Read as decimals these are modes nobody means; as octals everybody does.
_OCTAL_LOOKALIKES = frozenset({400, 440, 444, 500})
_OCTAL = re.compile(r"[0-7]{3,4}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DIGEST_SIZES = {"sha256": 64, "sha512": 128}


def read_file(item: Field, spec: Spec) -> FileEntry | None:
    """Return the file that *item* declares, None if it has no usable path."""
    item.warn_unused(_KNOWN_2 if spec.old else _KNOWN, "Ignition")
    path = _path(item, spec)
    _judge_append(item, spec)
    contents = item.child("contents")
    contents.warn_unused(_KNOWN_CONTENTS, "Ignition")
    entry = FileEntry(
        path=path,
        place=item.place,
        spelt=item.value.get("path", path),
        source=_source(contents, spec),
        compression=_compression(contents),
        mode=_mode(item, spec),
        overwrite=_overwrite(item, contents, spec),
        digest=_digest(contents, spec),
    )
    return entry if path else None


def _path(item: Field, spec: Spec) -> str:
    """Return the path, cleaned where the MCO does so, "" if it is refused."""
    path = item.text("path")
    place = item.at("path")
    if not path:
        item.error(place, "a file without a path")
        return ""
    if not path.startswith("/"):
        item.error(place, f"{path} is not absolute")
        return ""
    clean = posixpath.normpath(path).replace("//", "/", 1)
    if spec.old:
        _judge_filesystem(item)
        return clean
    if clean != path:
        item.error(place, f"{path} has to be written {clean}: Ignition refuses it")
    return clean


def _judge_filesystem(item: Field) -> None:
    filesystem = item.text("filesystem")
    place = item.at("filesystem")
    if not filesystem:
        text = "`filesystem: root` is missing: specification 2 requires it"
        item.error(place, text)
    elif filesystem != "root":
        text = f"the MCO takes {filesystem} for root: it knows no other filesystem"
        item.warn(place, text)


def _judge_append(item: Field, spec: Spec) -> None:
    if not spec.has_overwrite:
        return
    appends = item.flag("append") if spec.old else list(item.items("append"))
    if appends:
        item.error(item.at("append"), "the MCO refuses files that are appended to")


def _source(contents: Field, spec: Spec) -> Placed[str] | None:
    source = contents.text("source")
    place = contents.at("source")
    if source is None:
        if contents.has("source"):
            return None  # of another type, which has been noted
        # Converting from specification 2 makes a source of nothing.
        return Placed("", place) if spec.old else None
    if source:
        _judge_url(contents, source)
    return Placed(source, place)


def _judge_url(contents: Field, source: str) -> None:
    place = contents.at("source")
    if control := _CONTROL.search(source):
        at = control.start() + 1
        text = f"{control[0]!a} is not allowed in a URL (at character {at})"
        contents.error(place, text)
        return
    if is_remote(source):
        return  # Ignition takes it, only the daemon does not
    try:
        dataurl.decode(source)
    except dataurl.DataUrlError as problem:
        contents.error(place, f"not a data URL: it {problem}")


def _compression(contents: Field) -> Placed[str] | None:
    compression = contents.text("compression")
    if compression is None:
        return None
    place = contents.at("compression")
    if compression not in {"", "gzip"}:
        contents.error(place, f"{compression!r} is no compression: only gzip is")
        return None
    return Placed(compression, place)


def _mode(item: Field, spec: Spec) -> Placed[int] | None:
    mode = item.number("mode")
    if mode is None:
        # Before 2.2 a mode that is not there is 0; root reads the file all the same.
        return None if spec.has_overwrite else Placed(0, item.place)
    place = item.at("mode")
    if not 0 <= mode <= _LARGEST_MCO_MODE:
        beyond = mode < 0 or mode > _LARGEST_MODE
        who = "Ignition" if beyond else "the MCO"
        number = f"{mode} is {mode:#o} in octal" if mode >= 0 else f"{mode}"
        text = f"{number}: {who} refuses modes outside 0 to 0777{_hint(mode)}"
        item.error(place, text)
    elif mode in _OCTAL_LOOKALIKES:
        item.warn(place, f"{mode} is {mode:#o} in octal{_hint(mode)}")
    return Placed(mode, place)


def _hint(mode: int) -> str:
    if not _OCTAL.fullmatch(str(mode)):
        return ""
    octal = int(str(mode), 8)
    return f"; if 0{octal:o} is meant, write {octal} (0{octal:o} in YAML only)"


def _overwrite(item: Field, contents: Field, spec: Spec) -> Placed[bool] | None:
    overwrite = item.flag("overwrite") if spec.has_overwrite else None
    if overwrite is None:
        return Placed(value=True, place=item.place) if spec.old else None
    readable = isinstance(item.value.get("contents"), dict | None)
    missing = readable and not contents.has("source")
    if overwrite and not spec.old and missing:
        text = "true without a source: Ignition refuses that; an empty file is `data:,`"
        item.error(item.at("overwrite"), text)
    return Placed(overwrite, item.at("overwrite"))


def _digest(contents: Field, spec: Spec) -> Placed[str] | None:
    verification = contents.child("verification")
    digest = verification.text("hash")
    if digest is None:
        return None
    place = verification.at("hash")
    function, _, digits = digest.partition("-")
    is_function = function == "sha512" or spec.has_sha256
    if not is_function or len(digits) != _DIGEST_SIZES.get(function):
        text = "has to be sha512- (since 3.1.0 or sha256-) and the digits of that sum"
        contents.error(place, text)
        return None
    if not spec.old and not contents.has("source"):
        contents.error(place, "a sum without a source: Ignition refuses that")
    return Placed(digest, place)
