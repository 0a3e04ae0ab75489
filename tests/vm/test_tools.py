"""Which files of a folder go into an image: those that Python would find as well."""

from pathlib import Path

from tests.vm.tools import sources


def test_linked_folder_is_a_part(tmp_path: Path) -> None:
    """Files behind a link to a folder are there; byte code is left out."""
    folder, elsewhere = tmp_path / "agent", tmp_path / "docs"
    for place in (folder / "__pycache__", elsewhere):
        place.mkdir(parents=True)
        (place / "it.md").touch()
    (folder / "b.py").touch()
    (folder / "a").symlink_to(elsewhere)

    found = [str(path.relative_to(folder)) for path in sources(folder)]

    assert sorted(found) == ["a/it.md", "b.py"]
