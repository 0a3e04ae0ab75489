"""Contexts, and the file that says which ones containers are given."""

import pytest

from agent.selinux.contexts import container_label, is_initial_name, type_of

LABEL = "system_u:system_r:container_t:s0"
FILE = 'file = "system_u:object_r:container_file_t:s0"\n'


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param(f'process = "{LABEL}"\n{FILE}', LABEL, id="as it is shipped"),
        pytest.param(f"process={LABEL}\n{FILE}", LABEL, id="without quotes"),
        pytest.param(f'{FILE}  process\t= "{LABEL}"  ', LABEL, id="blanks"),
        pytest.param(f'#process = "{LABEL}"\n{FILE}', "", id="a comment"),
        pytest.param(f'; process = "{LABEL}"\n{FILE}', "", id="another comment"),
        pytest.param(f"process=a:b:c\nprocess={LABEL}\n{FILE}", LABEL, id="last"),
        pytest.param(f'kvm_process = "{LABEL}"\n{FILE}', "", id="another key"),
        pytest.param(f'process = "{LABEL}"\n', "", id="no label for files"),
        pytest.param(f'process = "container_t"\n{FILE}', "", id="no context"),
        pytest.param("", "", id="empty"),
    ],
)
def test_label_of_containers(text: str, label: str) -> None:
    """What runtimes read out of it."""
    assert container_label(text) == label


@pytest.mark.parametrize(
    ("context", "name"),
    [
        pytest.param(LABEL, "container_t", id="with a level"),
        pytest.param("a:b:c", "c", id="without one"),
        pytest.param("a:b", "", id="too short"),
        pytest.param("a::c", "", id="a part is missing"),
        pytest.param("a:b:", "", id="the type is missing"),
    ],
)
def test_type(context: str, name: str) -> None:
    """The third part, if all three are there."""
    assert type_of(context) == name


@pytest.mark.parametrize(
    ("label", "bare"),
    [
        pytest.param("kernel", True, id="no policy is loaded"),
        pytest.param(LABEL, False, id="a context"),
        pytest.param("cri-containerd.apparmor.d (enforce)", False, id="AppArmor"),
        pytest.param("", False, id="not known"),
    ],
)
def test_label_before_a_policy(label: str, *, bare: bool) -> None:
    """Contexts appear with the policy."""
    assert is_initial_name(label) is bare
