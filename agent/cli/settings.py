"""The settings of each command: frozen, typed, and checked before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from agent.cli.arguments import read
from agent.cli.options import RENDER, VERIFY
from agent.cli.validation import validate
from agent.findings import Expectation
from agent.hostfs.mounts import Mounts
from agent.hostport import Target

if TYPE_CHECKING:  # else its code is read only where path probes are on
    from agent.paths.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """Which node is judged and how; *mounts* is what of *root* is the node's."""

    root: str
    mounts: Mounts | None
    node_name: str
    node_pool: str
    node_cluster: str
    expect: Expectation
    allow_autoload: bool
    workloads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings(NodeSettings):
    """Of `check`; *watch_interval* is in seconds."""

    output: str
    offline: bool
    kernel_release: str
    watch: bool
    watch_interval: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings(NodeSettings):
    """Of `run`; *interval* is in seconds, *paths* None where probes are off."""

    interval: float
    web_listen_address: tuple[str, ...]
    web_config_file: str
    web_telemetry_path: str
    web_max_requests: int
    web_disable_exporter_metrics: bool
    log_level: str
    log_format: str
    watch_requests: bool
    nfd_features_file: str
    textfile: str
    paths: "Configuration | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondSettings:
    """Of `respond`: one-to-one on *listen_port*, one-to-many on the next one."""

    node_name: str
    listen_port: int
    listen_address: tuple[str, ...]
    log_level: str
    log_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """Of `probe`; *deadline* is that of one attempt, in seconds."""

    target: Target
    family: str
    count: int
    deadline: float
    source_address: str
    source_port: int
    expect_node: str
    allow_autoload: bool
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSettings:
    """Of `fleet`; *history* is in hours, *deadline* in seconds."""

    prometheus: str
    token_file: str
    ca_file: str
    client_cert_file: str
    client_key_file: str
    pool: tuple[str, ...]
    cluster: tuple[str, ...]
    only_problems: bool
    history: float
    deadline: float
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadsSettings:
    """Of `workloads`; *watch_interval* is in seconds."""

    root: str
    mounts: Mounts | None
    node_name: str
    output: str
    watch: bool
    watch_interval: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """Of `machineconfig render`."""

    role: str
    name: str
    expect: Expectation
    ignition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySettings:
    """Of `machineconfig verify`."""

    source: tuple[str, ...]
    root: str
    kernel_release: str
    role: str
    expect: Expectation
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainSettings:
    """Of `explain`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionSettings:
    """Of `completion`."""

    shell: str


Settings = (
    CheckSettings
    | RunSettings
    | RespondSettings
    | ProbeSettings
    | FleetSettings
    | WorkloadsSettings
    | RenderSettings
    | VerifySettings
    | ExplainSettings
    | CompletionSettings
)
_KINDS: Mapping[str, type[Settings]] = {
    "check": CheckSettings,
    "run": RunSettings,
    "respond": RespondSettings,
    "probe": ProbeSettings,
    "fleet": FleetSettings,
    "workloads": WorkloadsSettings,
    "explain": ExplainSettings,
    "completion": CompletionSettings,
    RENDER: RenderSettings,
    VERIFY: VerifySettings,
}


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Return the settings of the command that was named; raise UsageError.

    Flags win over the environment.
    """
    command, values = read(argv, environment)
    kind = _KINDS[command]
    values = validate(command, values, environment)
    return kind(**{field.name: values[field.name] for field in fields(kind)})
