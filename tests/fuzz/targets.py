"""What is fuzzed: each reader of bytes that a node or a user decides about."""

import io
import os
import struct
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from agent.bootloader import bls, choice, grub_cfg, grubenv
from agent.daemon import uevents
from agent.echo import message
from agent.findings import Expectation
from agent.hostfs import mounts
from agent.hostfs.host import Host
from agent.http import web_config
from agent.ignition import dataurl, documents
from agent.kernel import arguments as kernel_arguments
from agent.kernel import outputs, procfs, trace
from agent.kmod import cmdline, config, glob, install, softdep
from agent.kmod.index import BadIndexError, Index
from agent.kmod.rules import KmodRules
from agent.machineconfig import base_node, output, verify
from agent.requests import attempts
from agent.selinux import access, booleans, contexts, policy
from agent.selinux.mode import configured_mode
from agent.selinux.modules import may_loosen
from agent.sources import module_file, text_index
from agent.sources.cache import Memory
from agent.sources.modprobe import FILE_LIMIT
from agent.systemd import arguments as systemd_arguments
from agent.systemd import modules_load, sysctl
from agent.workloads import cgroup, pods, tables

_NAMES = ("sctp", "net_pf_2_proto_132_type_1", "symbol:crc32c", "", "\xff[x]*")
_OLD, _NEW = KmodRules(25), KmodRules(34)
_PATH = "/etc/x.conf"
_LONG = 1 << 20  # what the agent reads of a configuration file
_SHORT = 1 << 16


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: *read* raises nothing but what the reader does not document."""

    name: str
    read: Callable[[bytes], None]
    limit: int = _LONG


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _modprobe(data: bytes) -> None:
    for rules in (_OLD, _NEW):
        file = config.ConfigFile(_PATH, "x.conf", data)
        built = config.build([file], "modprobe.blacklist=sctp", rules)
        for name in _NAMES:
            built.blacklisted(name)
            built.aliases(name)
            built.options(name, None)
            built.softdeps(name)
            if directive := built.install(name):
                install.classify(directive.value, name)


def _install(data: bytes) -> None:
    install.classify(data.decode("latin-1"), "sctp")


def _softdep(data: bytes) -> None:
    softdep.split(data.decode("latin-1"))


def _glob(data: bytes) -> None:
    pattern, _, name = data.decode("latin-1").partition("\n")
    glob.matches(pattern, name)


def _arguments(data: bytes) -> None:
    text = _text(data)
    tuple(cmdline.directives(text))
    found = tuple(kernel_arguments.split(text))
    kernel_arguments.value_names(kernel_arguments.last(found, "module_blacklist"))
    tuple(systemd_arguments.module_names(text))


def _index(data: bytes) -> None:
    for mapped in (True, False):
        try:
            index = Index(lambda at, size: data[at : at + size], mapped=mapped)
        except BadIndexError:
            return
        for ask in (index.exact, index.search):
            for name in _NAMES[:2]:
                try:
                    ask(name)
                except BadIndexError:
                    continue


def _procfs(data: bytes) -> None:
    text = _text(data)
    procfs.modules(text)
    procfs.snmp(text)
    procfs.kernel_options(text, ("CONFIG_IP_SCTP", "CONFIG_MODULES"))


def _outputs(data: bytes) -> None:
    text = _text(data)
    outputs.uname_release(text)
    outputs.dmesg_release(text)
    outputs.sysctls(text)
    outputs.package_version(text, "kmod")
    outputs.selinux_boolean(text, "domain_kernel_load_modules")
    outputs.setting(text, "SELINUX")


def _modules_load(data: bytes) -> None:
    tuple(modules_load.parse(_PATH, data))


def _sysctl(data: bytes) -> None:
    tuple(sysctl.parse(_PATH, data))


def _grub(data: bytes) -> None:
    text = _text(data)
    environment = grubenv.parse(text)
    menu = grub_cfg.parse("/boot/grub/grub.cfg", text, environment)
    names = choice.default_names(text, environment)
    chosen = choice.choose(names, menu, ())
    assert chosen is None or chosen in menu.entries.values()


def _bls(data: bytes) -> None:
    texts = _text(data).split("\f")
    parsed = (
        bls.parse(f"/boot/loader/entries/{text[:9]}.conf", text, {"x": "nosmt"})
        for text in texts
    )
    entries = bls.in_order(entry for entry in parsed if entry)
    choice.choose(("1",), grub_cfg.Menu(uses_bls=True), entries)


def _module(ending: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, f"sctp{ending}"), "wb") as file:
                file.write(data)
            host = Host(folder, live=False)
            module_file.inspect(host, f"/sctp{ending}", Memory())

    return read


def _text_index(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names = ("modules.dep", "modules.alias", "modules.builtin")
        for name in names:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        host = Host(folder, live=False)
        for name in names:
            index = text_index.load(host, "", f"{name}.bin")
            for asked in _NAMES if index else ():
                assert index
                index.exact(asked)
                index.search(asked)


def _dataurl(data: bytes) -> None:
    try:
        decoded = dataurl.decode(_text(data))
    except dataurl.DataUrlError:
        return
    assert dataurl.decode(dataurl.encode(decoded)) == decoded


def _machineconfig(data: bytes) -> None:
    try:
        found = documents.parse("x.yaml", data)
        result = verify.verify(
            found.items,
            base_node.assumed_node(),
            Expectation.REQUIRED,
            role="",
            oddities=found.problems,
        )
    except (documents.UnreadableError, verify.NothingToVerifyError) as error:
        str(error).encode("utf-8", "backslashreplace")
        return
    for write in (output.write_text, output.write_json):
        write(result, io.TextIOWrapper(io.BytesIO(), "utf-8"))


def _uevent(data: bytes) -> None:
    uevents.is_news(data)


def _path_message(data: bytes) -> None:
    for decode in (message.decode_request, message.decode_reply):
        try:
            message.missing(data)
            decode(data)
        except message.MessageError:
            continue


def _path_text(data: bytes) -> None:
    """Read the text of a message whose length and CRC are right."""
    for kind in (1, 2):
        header = struct.pack("!4sBBHI", b"SNAP", 1, kind, len(data), 16 + len(data))
        crc = zlib.crc32(data, zlib.crc32(header))
        _path_message(header + crc.to_bytes(4, "big") + data)


def _mountinfo(data: bytes) -> None:
    try:
        view = mounts.parse(data.decode("utf-8", "surrogateescape"), "/host")
    except ValueError:
        return
    for path in ("/", "/etc/modprobe.d/x.conf", "/lib/modules", view.mounts[0]):
        view.found_at(path)
        view.below(path)
    assert view.place(view.mounts[0]) is mounts.Coverage.WITHIN


def _selinux(data: bytes) -> None:
    """Read it as each of SELinux's files, and as an answer of the kernel."""
    text = data.decode("utf-8", "backslashreplace")
    label = contexts.container_label(text)
    assert not label or contexts.type_of(label)
    contexts.is_initial_name(text)
    configured_mode(text, tuple(kernel_arguments.split(text)))
    found = access.decision(data)
    assert found is None or found.allows(1) in {True, False}
    whole = policy.boolean([data], booleans.NAME)
    parts = (data[at : at + 5] for at in range(0, len(data), 5))
    assert policy.boolean(parts, booleans.NAME) is whole
    may_loosen(data)


def _sctp_tables(data: bytes) -> None:
    """Read it as each of the three, and as all of them one after the other."""
    text = _text(data)
    eps, _, rest = text.partition("\f")
    assocs, _, remaddr = rest.partition("\f")
    for table in (tables.parse(eps, assocs, remaddr), tables.parse(text, text, text)):
        for association in table.associations:
            assert association.paths
            assert association.inactive_paths <= len(association.paths)


def _cgroup(data: bytes) -> None:
    """Read it as /proc/PID/cgroup, and each line as a name of the kubelet's."""
    text = _text(data)
    place = cgroup.parse(text)
    assert place is None or place.unit.isprintable()
    lines = text.split("\n")
    for pod in pods.pods(lines).values():
        assert f"{pod.namespace}/{pod.name}".isprintable()
    pods.containers(lines)
    pods.only_container(lines[:1])


def _web_config(data: bytes) -> None:
    try:
        web_config.parse(data, "/etc/web")
    except web_config.WebConfigError as error:
        str(error).encode("utf-8", "backslashreplace")


def _trace(data: bytes) -> None:
    """Read it in one piece and in two, and put the attempts together."""
    for pieces in ((data,), (data[: len(data) // 2], data[len(data) // 2 :])):
        text, heard = trace.TraceText(), attempts.Attempts()
        for piece in pieces:
            for event in text.feed(piece):
                if isinstance(event, trace.Lost):
                    assert event.count >= 0
                    continue
                assert event.command.isprintable()
                heard.hear(event, 0.0)
        heard.over(100.0, lambda _pid: False)


TARGETS = (
    Target("modprobe", _modprobe, FILE_LIMIT),
    Target("install", _install),
    Target("softdep", _softdep),
    Target("glob", _glob, 512),  # steps are pattern times name, see matches()
    Target("arguments", _arguments),
    Target("index", _index),
    Target("procfs", _procfs),
    Target("outputs", _outputs),
    Target("modules-load", _modules_load),
    Target("sysctl", _sysctl),
    Target("grub", _grub),
    Target("bls", _bls),
    Target("module-ko", _module(".ko"), _SHORT),
    Target("module-gz", _module(".ko.gz"), _SHORT),
    Target("module-xz", _module(".ko.xz"), _SHORT),
    Target("module-zst", _module(".ko.zst"), _SHORT),
    Target("text-index", _text_index, _SHORT),
    Target("dataurl", _dataurl),
    Target("machineconfig", _machineconfig, _SHORT),
    Target("uevent", _uevent),
    Target("mountinfo", _mountinfo),
    Target("trace", _trace),
    Target("selinux", _selinux, _SHORT),
    Target("web-config", _web_config, _SHORT),
    Target("sctp-tables", _sctp_tables),
    Target("cgroup", _cgroup, _SHORT),
    Target("path-message", _path_message, message.LARGEST),
    Target("path-text", _path_text, message.LARGEST - 16),
)
