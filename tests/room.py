"""A room in which a program is run and looked at from outside: who was there before it, and who is afterwards.

A program of its own, of the standard library alone: ``python -I room.py PLAN`` does what the plan, a JSON
document, says, and prints as JSON how the command ended and what it left. As the first process of new namespaces
it makes the room: temporary folders of its own, so that whatever is new there is the command's, and open folders
above what the command needs, so that another user can reach it. Else whoever descends from the command is looked
for, in the machine as it is.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

_PR_SET_CHILD_SUBREAPER, _PR_SET_PDEATHSIG = 36, 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_MARK = "ROOM_MARK"
_MS_BIND, _MS_REC = 4096, 16384
_TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")
_SETTLE_SECONDS = 20


def main() -> None:
    """Run the command and say what it left."""
    plan = json.loads(sys.argv[1])
    mark = f"{os.getpid()}.{time.time_ns()}"
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.getpid() == 1:
        furnish([*plan["needs"], plan["workspace"]])
    for folder in (plan["workspace"], plan["tmp"], plan["home"]):
        os.makedirs(folder, exist_ok=True)
        if plan["uid"]:
            os.chown(folder, plan["uid"], plan["uid"])
    before = looked(plan, mark)
    runs = [run(one["command"], plan, mark, one.get("kill_after")) for one in plan["runs"]]
    end = time.monotonic() + _SETTLE_SECONDS
    while any(left := differences(before, looked(plan, mark))) and time.monotonic() < end:
        time.sleep(0.1)
    print(json.dumps({"runs": runs, "left": left, "alone": os.getpid() == 1}))


def furnish(needs: list[str]) -> None:
    """Cover temporary folders and whatever is closed to others; what is needed stays where it is."""
    needs = [path for path in needs if not any(path.startswith(f"{other}/") for other in needs)]
    held = {path: os.open(path, os.O_PATH) for path in needs}
    covers = {path for path in _TEMPORARY if os.path.isdir(path)}
    for path in needs:
        above = [path[:end] for end, letter in enumerate(path) if letter == "/" and end]
        covers |= {one for one in above if not os.stat(one).st_mode & 0o001}
    for cover in sorted(covers):
        if not any(cover.startswith(f"{other}/") for other in covers):
            mount("tmpfs", cover, "tmpfs", 0, "mode=1777" if cover in _TEMPORARY else "mode=0755")
            for path, fd in held.items():
                if path.startswith(f"{cover}/"):
                    os.makedirs(path)
                    mount(f"/proc/self/fd/{fd}", path, "none", _MS_BIND | _MS_REC, "")
    for fd in held.values():
        os.close(fd)


def mount(source: str, target: str, kind: str, flags: int, data: str) -> None:
    words = [os.fsencode(one) for one in (source, target, kind)]
    if _LIBC.mount(*words, ctypes.c_ulong(flags), os.fsencode(data)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)


def run(command: list[str], plan: dict, mark: str, kill_after: float | None) -> dict:
    """Start a command; where it is to be killed, by SIGKILL after so many seconds."""
    uid = plan["uid"]
    extra = {"user": uid, "group": uid, "extra_groups": []} if uid else {}
    child = subprocess.Popen(
        command,
        cwd=plan["workspace"],
        env={**os.environ, "TMPDIR": plan["tmp"], "HOME": plan["home"], _MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **extra,
    )
    try:
        out, err = child.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        out, err = "", ""
    return {"status": child.returncode, "out": out, "err": err}


def differences(before: dict, after: dict) -> list[str]:
    """What is new, and what is missing; control groups are the machine's, where others come and go."""
    return [
        f"{sign} {name} {one}"
        for name in before
        for sign, many in (("+", after[name] - before[name]), ("-", before[name] - after[name]))
        for one in sorted(many)
        if sign == "+" or name != "cgroup"
    ]


def looked(plan: dict, mark: str) -> dict[str, set[str]]:
    """All that a program can leave behind on a machine, each by its name."""
    collect()
    return {
        "process": processes(mark),
        "mount": mounts(),
        "cgroup": cgroups(),
        "namespace": namespaces(mark),
        "shared memory": shared(),
        "file": files(plan),
    }


def collect() -> None:
    """Orphans come to us; the dead among them are no process any more."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def ours(mark: str):
    """Process ids that are the command's: all but our own in a room of our own, else who carries the mark."""
    alone = os.getpid() == 1
    for entry in os.listdir("/proc"):
        if not entry.isdecimal() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                marked = f"{_MARK}={mark}".encode() in file.read().split(b"\0")
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            marked, parent = False, 0
        if alone or marked or parent == os.getpid():
            yield entry


def processes(mark: str) -> set[str]:
    found = set()
    for pid in ours(mark):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                found.add(file.read().rpartition(")")[0] + ")")
        except OSError:
            continue
    return found


def namespaces(mark: str) -> set[str]:
    """Those that somebody who is left is in; those that a mount keeps are seen among the mounts."""
    found = set()
    for pid in ours(mark):
        for kind in ("user", "pid", "mnt", "net", "ipc", "uts", "cgroup"):
            try:
                found.add(os.readlink(f"/proc/{pid}/ns/{kind}"))
            except OSError:
                continue
    return found


def mounts() -> set[str]:
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        return set(file.read().splitlines())


def cgroups() -> set[str]:
    """Every control group of the machine, whatever the version."""
    walk = os.walk("/sys/fs/cgroup")
    return {os.path.join(folder, name) for folder, names, _ in walk for name in names}


def shared() -> set[str]:
    found = set()
    for kind in ("shm", "sem", "msg"):
        try:
            with open(f"/proc/sysvipc/{kind}", encoding="ascii") as file:
                found |= {f"{kind} {line.split()[1]}" for line in file.read().splitlines()[1:]}
        except OSError:
            continue
    return found


def files(plan: dict) -> set[str]:
    """Below the temporary folders, but the workspace, in which the evidence stays."""
    found = set()
    for root in {plan["tmp"], plan["home"], *(_TEMPORARY if os.getpid() == 1 else ())}:
        for folder, names, plain in os.walk(root):
            found |= {os.path.join(folder, name) for name in (*names, *plain)}
    return {path for path in found if not f"{path}/".startswith(plan["workspace"] + "/")}


if __name__ == "__main__":
    main()
