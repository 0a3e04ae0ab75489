"""Boot loaders other than GRUB: what they say of the next boot's arguments."""

import pytest

from agent.findings import Reason, State, Status
from tests.bootloader.test_systemd_boot import image
from tests.nodes import RELEASE, Content, Files, MakeNode, Pipe

DENIES = "module_blacklist=sctp"
EXTLINUX = (
    f"default a\nlabel a\nlinux /vmlinuz-{RELEASE}\nappend {DENIES}\n"
    "label b\nlinux /vmlinuz-5\n"
)
LOADER, ENTRIES = "/boot/loader/loader.conf", "/boot/loader/entries"
ENTRY = f"{ENTRIES}/a.conf"
READY, UNAVAILABLE, UNKNOWN = State.ON_DEMAND, State.UNAVAILABLE, State.UNKNOWN


def _entry(options: str = "ro") -> str:
    return f"title x\nversion {RELEASE}\nlinux /id/linux\noptions {options}\n"


TWO: Files = {f"{ENTRIES}/a.conf": _entry(), f"{ENTRIES}/b.conf": _entry(DENIES)}


def _variable(name: str, value: str) -> dict[str, Content]:
    vendor = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
    path = f"/sys/firmware/efi/efivars/LoaderEntry{name}-{vendor}"
    return {path: b"\7\0\0\0" + f"{value}\0".encode("utf-16-le")}


@pytest.mark.parametrize(
    ("files", "boot_state"),
    [
        pytest.param(
            {f"{ENTRIES}/a.conf": _entry(DENIES)}, UNAVAILABLE, id="one entry"
        ),
        pytest.param(
            {f"{ENTRIES}/a.conf": _entry()}, READY, id="entry that denies not"
        ),
        pytest.param(
            {
                LOADER: "default b\n",
                f"{ENTRIES}/a.conf": _entry(),
                f"{ENTRIES}/b.conf": _entry(DENIES),
            },
            UNAVAILABLE,
            id="the default",
        ),
        pytest.param(
            {f"{ENTRIES}/a.conf": _entry(), f"{ENTRIES}/b.conf": _entry(DENIES)},
            UNKNOWN,
            id="which of two",
        ),
        pytest.param(
            {**TWO, LOADER: "default b\n", **_variable("Default", "a.conf")},
            READY,
            id="the firmware's default before that of the file",
        ),
        pytest.param(
            {**TWO, **_variable("Default", "a.conf"), **_variable("OneShot", "b.conf")},
            UNAVAILABLE,
            id="for one boot before the firmware's default",
        ),
        pytest.param(
            {**TWO, LOADER: "default @saved\n", **_variable("LastBooted", "b.conf")},
            UNAVAILABLE,
            id="what was started last",
        ),
        pytest.param(
            {
                **TWO,
                LOADER: "default a\n",
                next(iter(_variable("Default", ""))): Pipe(),
            },
            UNKNOWN,
            id="a variable that cannot be read",
        ),
        pytest.param(
            {
                f"{ENTRIES}/a.conf": _entry("ro"),
                f"{ENTRIES}/b.conf": _entry("rw quiet"),
            },
            READY,
            id="two that differ in nothing that decides",
        ),
        pytest.param(
            {"/efi/loader/entries/a.conf": _entry(DENIES), f"{ENTRIES}/notes": "x"},
            UNAVAILABLE,
            id="another partition",
        ),
        pytest.param(
            {
                "/boot/EFI/Linux/a.efi": image(
                    {
                        ".cmdline": f"ro {DENIES}\n".encode(),
                        ".uname": RELEASE.encode(),
                        ".linux": b"x",
                    }
                ),
                "/boot/EFI/Linux/notes.txt": "x",
            },
            UNAVAILABLE,
            id="unified image",
        ),
        pytest.param(
            {"/boot/EFI/Linux/a.efi": image({".cmdline": DENIES.encode()})},
            READY,
            id="addon without a kernel",
        ),
        pytest.param(
            {"/boot/extlinux/extlinux.conf": EXTLINUX},
            UNAVAILABLE,
            id="extlinux",
        ),
        pytest.param(
            {"/boot/extlinux/extlinux.conf": "default a\n"},
            UNKNOWN,
            id="extlinux without an entry",
        ),
        pytest.param(
            {"/boot/firmware/cmdline.txt": f"root=/dev/mmcblk0p2 {DENIES}\n"},
            UNAVAILABLE,
            id="Raspberry Pi",
        ),
        pytest.param(
            {
                "/etc/zipl.conf": f"[defaultboot]\ndefault=l\n[l]\n"
                f"image=/boot/vmlinuz-{RELEASE}\nparameters='{DENIES}'\n"
            },
            UNAVAILABLE,
            id="zipl",
        ),
        pytest.param(
            {
                "/etc/zipl.conf": "[defaultboot]\ndefaultauto\ntarget=/boot\n",
                f"{ENTRIES}/m-5.9.0.conf": _entry(DENIES),
                f"{ENTRIES}/m-5.14.0.conf": _entry("ro"),
            },
            READY,
            id="zipl with entries, of which the newest starts",
        ),
        pytest.param(
            {
                "/etc/zipl.conf": "[defaultboot]\ndefaultauto\ndefault=Older\n",
                f"{ENTRIES}/m-5.9.0.conf": f"title Older\n{_entry(DENIES)}",
                f"{ENTRIES}/m-5.14.0.conf": _entry("ro"),
            },
            UNAVAILABLE,
            id="zipl with entries, of which one is named",
        ),
        pytest.param(
            {"/etc/zipl.conf": "[defaultboot]\ndefaultauto\n"},
            UNKNOWN,
            id="zipl without an entry",
        ),
        pytest.param(
            {f"{ENTRIES}/a.conf": Pipe(), f"{ENTRIES}/b.conf": _entry(DENIES)},
            UNKNOWN,
            id="entry that cannot be read may be the one",
        ),
        pytest.param(
            {"/boot/grub/grub.cfg": "menuentry x {\n linux /boot/vmlinuz\n}\n"},
            READY,
            id="GRUB's menu without a release",
        ),
        pytest.param(
            {"/boot/grub/grub.cfg": "menuentry x {\n linux16 /memtest.bin\n}\n"},
            UNKNOWN,
            id="GRUB's menu without a kernel",
        ),
    ],
)
def test_boot_state(make_node: MakeNode, files: Files, boot_state: State) -> None:
    """The arguments of the entry that starts decide; which one may not be known."""
    assert make_node(files).report().verdict.boot_state == boot_state


def test_choice_that_is_not_known_is_named(make_node: MakeNode) -> None:
    """The check says which loader, and how many entries."""
    files = {f"{ENTRIES}/a.conf": _entry(), f"{ENTRIES}/b.conf": _entry(DENIES)}
    finding = make_node(files).finding("next_kernel")

    assert (finding.status, finding.reason) == (Status.UNKNOWN, Reason.FACT_UNREADABLE)
    assert finding.message == "which of 2 entries systemd-boot starts is not known"


@pytest.mark.parametrize(
    ("text", "boot_state"),
    [
        pytest.param(f'kargs = ["quiet", "{DENIES}"]\n', UNAVAILABLE, id="denies"),
        pytest.param('kargs = ["quiet"]\n', READY, id="denies not"),
        pytest.param("kargs = 1\n", READY, id="no list"),
        pytest.param("kargs = [\n", UNKNOWN, id="no TOML, which is said"),
    ],
)
def test_image_before_it_is_a_node(
    make_node: MakeNode, text: str, boot_state: State
) -> None:
    """The arguments that an image brings along count before it is rolled out."""
    folder = "/usr/lib/bootc/kargs.d"
    node = make_node({f"{folder}/a.toml": text, f"{folder}/README": "x"})

    assert node.report(offline=True).verdict.boot_state == boot_state
    assert node.report().verdict.boot_state == READY  # a running node has a loader
