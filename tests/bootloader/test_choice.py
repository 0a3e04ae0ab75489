"""Which kernel GRUB starts next, by its own menu and by entries of the BLS."""

import pytest

from agent.bootloader import bls, choice, grub_cfg, grubenv
from agent.bootloader.entry import Entry, expand

DEBIAN = """
set tuned_params=""
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
else
   set default="DEFAULT"
fi
function load_video {
  insmod all_video
}
menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-1' {
    if [ x$grub_platform = xxen ]; then insmod xzio; fi
    echo    'Loading ${nothing} ...'
    linux   /boot/vmlinuz-6.1.0-56-amd64 root=UUID=1 ro quiet $tuned_params
    initrd  /boot/initrd.img-6.1.0-56-amd64
}
submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1' {
    menuentry 'Linux 6.1.0-56' --id 'gnulinux-6.1.0-56-1' {
        linux /boot/vmlinuz-6.1.0-56-amd64 root=UUID=1 ro
    }
    menuentry 'Linux 5.10' $menuentry_id_option 'gnulinux-5.10-1' {
        linux /boot/vmlinuz-5.10.0-9-amd64 root=UUID=1 ro module_blacklist=sctp
    }
}
menuentry 'memory test' {
    linux16 /boot/memtest86+
}
"""
NEWEST, OLD = "6.1.0-56-amd64", "5.10.0-9-amd64"


@pytest.mark.parametrize(
    ("default", "environment", "release"),
    [
        pytest.param("0", "", NEWEST, id="the first"),
        pytest.param("1>1", "", OLD, id="a position in a submenu"),
        pytest.param("1", "", NEWEST, id="a submenu is its first entry"),
        pytest.param("gnulinux-simple-1", "", NEWEST, id="an identifier"),
        pytest.param("gnulinux-5.10-1", "", NEWEST, id="an identifier one level down"),
        pytest.param("gnulinux-advanced-1>gnulinux-5.10-1", "", OLD, id="a path"),
        pytest.param("Advanced options>Linux 5.10", "", OLD, id="titles"),
        pytest.param("no such entry", "", NEWEST, id="nothing by that name"),
        pytest.param("${saved_entry}", "saved_entry=1>1\n", OLD, id="saved"),
        pytest.param("${saved_entry}", "", NEWEST, id="saved, but nothing is"),
        pytest.param("0", "saved_entry=1>1\n", NEWEST, id="saved, but not asked for"),
        pytest.param("0", "next_entry=1>1\n", OLD, id="once only"),
        pytest.param("2", "", "", id="no Linux by its name"),
    ],
)
def test_grub_menu(default: str, environment: str, release: str) -> None:
    """grub-mkconfig's menu is followed as GRUB follows it."""
    text = DEBIAN.replace("DEFAULT", default)
    variables = grubenv.parse(f"# GRUB Environment Block\n{environment}####")
    menu = grub_cfg.parse("/boot/grub/grub.cfg", text, variables)
    entry = choice.choose(choice.default_names(text, variables), menu, ())

    assert entry is not None
    assert entry.release == release


def test_arguments_and_line() -> None:
    """The entry tells its arguments, with the variables that are set, and its line."""
    menu = grub_cfg.parse("/boot/grub/grub.cfg", DEBIAN, {"tuned_params": "nosmt"})
    first = menu.entries["0"]

    assert first.arguments == "root=UUID=1 ro quiet nosmt"
    assert (first.path, first.line) == ("/boot/grub/grub.cfg", 15)


def test_menu_without_entries() -> None:
    """An empty or odd grub.cfg names nothing, and raises nothing."""
    odd = grub_cfg.parse("g", "menuentry 'unclosed {\nlinux /x\n}\n}\n", {})

    assert odd.find("unclosed") is None
    assert choice.choose(("0",), grub_cfg.parse("g", "", {}), ()) is None


RHEL = 'load_env\nset default="${saved_entry}"\ninsmod blscfg\nblscfg\n'
BLS = (
    ("m-4.18.0-553.el8.x86_64", "version 4\nlinux /vmlinuz-4.18.0-553.el8.x86_64\n"),
    (
        "m-4.18.0-1000.el8.x86_64",
        (
            "title  Newest\n# no\nlinux /boot/vmlinuz-4.18.0-1000.el8.x86_64\n"
            "options root=/dev/sda $kernelopts\noptions module_blacklist=sctp\n"
        ),
    ),
    ("m-0-rescue", "linux /vmlinuz-0-rescue\noptions rescue\n"),
)


def _entries(variables: dict[str, str]) -> tuple[Entry, ...]:
    found = (bls.parse(f"/e/{name}.conf", text, variables) for name, text in BLS)
    return bls.in_order(entry for entry in found if entry)


@pytest.mark.parametrize(
    ("environment", "release"),
    [
        pytest.param({}, "4.18.0-1000.el8.x86_64", id="the newest"),
        pytest.param(
            {"saved_entry": "m-4.18.0-553.el8.x86_64"},
            "4.18.0-553.el8.x86_64",
            id="saved",
        ),
        pytest.param({"saved_entry": "1"}, "4.18.0-553.el8.x86_64", id="a position"),
        pytest.param({"saved_entry": "9"}, "4.18.0-1000.el8.x86_64", id="too far"),
        pytest.param({"saved_entry": "gone"}, "4.18.0-1000.el8.x86_64", id="removed"),
        pytest.param(
            {"next_entry": "m-0-rescue", "saved_entry": "0"}, "0-rescue", id="once only"
        ),
        pytest.param({"next_entry": "Newest"}, "4.18.0-1000.el8.x86_64", id="a title"),
    ],
)
def test_boot_loader_specification(environment: dict[str, str], release: str) -> None:
    """Entries are ordered newest first by their file names; a default is found."""
    menu = grub_cfg.parse("/boot/grub2/grub.cfg", RHEL, environment)
    names = choice.default_names(RHEL, environment)
    entry = choice.choose(names, menu, _entries(environment))

    assert entry is not None
    assert entry.release == release


def test_no_entries_at_all() -> None:
    """Without any entry nothing is chosen; a file without a kernel is no entry."""
    menu = grub_cfg.parse("/boot/grub2/grub.cfg", RHEL, {})

    assert choice.choose(("0",), menu, ()) is None
    assert bls.parse("/e/x.conf", "title only\n", {}) is None


def test_options_of_an_entry() -> None:
    """Several options lines count, and GRUB's variables are put in."""
    entry = _entries({"kernelopts": "ro crash=auto"})[0]

    assert entry.arguments == "root=/dev/sda ro crash=auto module_blacklist=sctp"


@pytest.mark.parametrize(
    ("text", "image", "arguments"),
    [
        pytest.param(
            "linux\t/vmlinuz-1\noptions\tro quiet\n", "1", "ro quiet", id="tab"
        ),
        pytest.param(
            "linux \t /vmlinuz-1\noptions\t\tro\tquiet\n", "1", "ro\tquiet", id="both"
        ),
        pytest.param("\t linux /vmlinuz-1\n", "1", "", id="before the key"),
        pytest.param("\t# no\nlinux /vmlinuz-1\n", "1", "", id="before a comment"),
        pytest.param("linux /vmlinuz-1\n\noptions ro\n", "1", "", id="an empty line"),
        pytest.param("linux /vmlinuz-1\ninitrd\noptions ro\n", "1", "", id="no value"),
        pytest.param("title\nlinux /vmlinuz-1\n", None, "", id="no value at first"),
    ],
)
def test_keys_and_values(text: str, image: str | None, arguments: str) -> None:
    """White space is read as GRUB reads it, and what it does not read is not there."""
    entry = bls.parse("/e/x.conf", text, {})

    assert (entry.release if entry else None) == image
    assert (entry.arguments if entry else "") == arguments


def test_loader_that_is_not_grub() -> None:
    """It passes over lines without a value, and knows no variables."""
    text = "title\n\nlinux /vmlinuz-1\n\n# no\ninitrd\noptions ro $x\n"
    entry = bls.parse("/e/x.conf", text, None)

    assert entry is not None
    assert (entry.release, entry.arguments) == ("1", "ro $x")


def test_environment_block() -> None:
    """Comments, padding and protected characters are read as GRUB reads them."""
    text = "# GRUB Environment Block\na=1\nb=x\\\\y=\\z\nbroken\n########"

    assert grubenv.parse(text) == {"a": "1", "b": "x\\y=z"}


def test_unknown_image_has_no_release() -> None:
    """A kernel whose image has an unusual name cannot be told."""
    assert Entry(frozenset(), "/boot/bzImage", "", "/e").release == ""
    assert expand("$a${b}c", {"a": "1"}) == "1c"


def test_hostile_menu_is_bounded() -> None:
    """Variables that multiply and submenus without end cost little."""
    long = {"a": "x" * 4000}
    deep = "submenu 'a' {\n" * 1000 + "menuentry 'b' {\nlinux /vmlinuz-1\n}\n"

    assert len(expand("$a" * 1000, long)) <= len(expand("y" * 10**6, {}))
    assert grub_cfg.parse("g", deep, {}).entries == {}
