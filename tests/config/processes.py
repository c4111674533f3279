"""What the system says about processes. Reads /proc, so Linux only; small machines have no `ps`."""

from pathlib import Path


def is_running(pid: int) -> bool:
    """Whether the process works on. A zombie, whose parent has not looked yet, does not."""
    return _stat(pid)[:1] not in ([], ["Z"])


def descendants(pid: int) -> dict[int, str]:
    """Every running process below this one: its number and command."""
    parents = {
        int(entry.name): _stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()
    }
    found: dict[int, str] = {}
    wanted = {pid}
    while wanted:
        wanted = {child for child, stat in parents.items() if len(stat) > 1 and int(stat[1]) in wanted}
        found |= {child: _command(child) for child in wanted if is_running(child)}
    return found


def _stat(pid: int) -> list[str]:
    """State, parent and so on; empty when there is no such process. The name before may hold blanks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
