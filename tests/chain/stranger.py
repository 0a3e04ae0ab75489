"""A pod of somebody else's, laid out as a kubelet does, which asks for SCTP."""

NAMESPACE, POD, CONTAINER = "core", "amf-0", "amf"
_UID = "0f9a2c4e-1b2d-4c3e-8f00-000000000001"
_SLICES = "kubepods.slice/kubepods-besteffort.slice"
_GROUP = (
    f"/sys/fs/cgroup/{_SLICES}/kubepods-besteffort-pod{_UID.replace('-', '_')}.slice"
    f"/cri-containerd-{'a1' * 32}.scope"
)
_ASKS = """
import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
except OSError as error:
    print(error.errno)
"""

#: Its process: it prints the errno that it gets.
SCRIPT = f"""
mkdir -p {_GROUP} /var/log/pods/{NAMESPACE}_{POD}_{_UID}/{CONTAINER}
echo $$ >{_GROUP}/cgroup.procs
exec python3 -S -c '{_ASKS}'
"""
