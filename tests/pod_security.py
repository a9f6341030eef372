"""The "restricted" profile of the Pod Security Standards, which contains "baseline": what a pod does beyond it.

Written after the published standard; a field is named as the standard names it, without the way to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Spec = dict[str, Any]

_VOLUMES = {
    *("configMap", "csi", "downwardAPI", "emptyDir"),
    *("ephemeral", "persistentVolumeClaim", "projected", "secret"),
}
_SYSCTLS = {
    *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"),
    *("net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"),
    *("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"),
    *("net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
}
_SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def beyond_restricted(pod: Spec) -> set[str]:
    """What keeps a pod out of a namespace that enforces "restricted"."""
    found = set(_of_pod(pod))
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        for container in pod.get(kind) or ():
            found |= set(_of_container(container, pod.get("securityContext") or {}))
    return found


def _of_pod(pod: Spec) -> Iterator[str]:
    yield from (name for name in ("hostNetwork", "hostPID", "hostIPC") if pod.get(name))
    for volume in pod.get("volumes") or ():
        yield from (f"volumes: {kind}" for kind in set(volume) - _VOLUMES - {"name"})
    for sysctl in (pod.get("securityContext") or {}).get("sysctls") or ():
        if sysctl["name"] not in _SYSCTLS:
            yield f"sysctls: {sysctl['name']}"


def _of_container(container: Spec, of_pod: Spec) -> Iterator[str]:
    own = container.get("securityContext") or {}
    both = {**of_pod, **own}
    yield from _of_both(both)
    yield from _of_capabilities(own.get("capabilities") or {})
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation"
    if own.get("procMount", "Default") != "Default":
        yield "procMount"
    if any(port.get("hostPort") for port in container.get("ports") or ()):
        yield "hostPort"
    handlers = [container.get(name) or {} for name in _PROBES]
    handlers += list((container.get("lifecycle") or {}).values())
    if any((one.get(how) or {}).get("host") for one in handlers for how in ("httpGet", "tcpSocket")):
        yield "probe host"


def _of_both(context: Spec) -> Iterator[str]:
    """What may stand at the pod or at the container; the latter wins."""
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield "hostProcess"
    if context.get("runAsNonRoot") is not True:
        yield "runAsNonRoot"
    if context.get("runAsUser") == 0:
        yield "runAsUser"
    if (context.get("seccompProfile") or {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        yield "seccompProfile"
    if (context.get("appArmorProfile") or {}).get("type", "RuntimeDefault") == "Unconfined":
        yield "appArmorProfile"
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("type", "") not in _SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield "seLinuxOptions"


def _of_capabilities(capabilities: Spec) -> Iterator[str]:
    if "ALL" not in (capabilities.get("drop") or ()):
        yield "capabilities.drop"
    for name in set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
        yield f"capabilities.add: {name}"
