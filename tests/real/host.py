"""A host on loopback that runs real programs for whoever logs in: our SSH server in front of them, with an environment of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping

from tests.sessions.shell import Answer, Device, ShellServer


class Programs(Mapping[str, Answer]):
    """Answers each allowed command with what the program prints."""

    def __init__(self, environment: Mapping[str, str], programs: tuple[str, ...]) -> None:
        self._environment = {"PATH": "/usr/bin:/usr/sbin:/bin:/sbin", **environment}
        self._programs = programs

    def __getitem__(self, line: str) -> Answer:
        return lambda device: self._run(device, line)

    def _run(self, device: Device, line: str) -> None:
        words = line.split()
        program = next((word for word in words if "=" not in word), "")
        if program not in self._programs:
            device.write(f"-bash: {program}: command not found\r\n{device.prompt}")
            return
        done = subprocess.run(
            ["bash", "-c", line], env=self._environment, capture_output=True, text=True, timeout=60, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        device.write((done.stdout + done.stderr).replace("\n", "\r\n") + device.prompt)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Host(ShellServer):
    """``ShellServer`` with real programs behind it and a shell's prompt."""

    def __init__(self, environment: Mapping[str, str], *programs: str) -> None:
        super().__init__()
        self.answers = Programs(environment, programs)  # type: ignore[assignment]
