"""Secrets by reference: a config says where a secret is kept, and here it is fetched.

The back ends are the entry points `collector.secrets`: ours (env, file, keyring, command) and strangers' alike.
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path

from collector.config.load import Config
from collector.config.schema import OPTION_KEYS, SECRET_KEYS, CredentialTable
from collector.errors import ConfigError
from collector.model import Credential, Secret

Backend = Callable[[str, Path], str]


def resolve_credential(config: Config, name: str) -> Credential:
    """A credential of the config with its secrets fetched; raises ConfigError that says what to do."""
    table = config.file.credential[name]
    references = secret_references(table)
    return Credential(
        name=name,
        username=table.username,
        secrets={key: fetch(reference, config.folder, f"credential.{name}.{key}") for key, reference in references},
        options={key: v for key in OPTION_KEYS if (v := getattr(table, key)) is not None},
    )


def resolve_credentials(config: Config, names: Iterable[str]) -> Mapping[str, Credential]:
    """The named credentials; all that cannot be had are reported at once."""
    done, mistakes = {}, []
    for name in sorted(set(names)):
        try:
            done[name] = resolve_credential(config, name)
        except ConfigError as error:
            mistakes.append(str(error))
    if mistakes:
        raise ConfigError(f"{len(mistakes)} secret(s) cannot be had", "nothing was done", tuple(mistakes))
    return done


def secret_references(table: CredentialTable) -> list[tuple[str, str]]:
    """The secrets that a credential names: key and reference."""
    return [(key, reference) for key in SECRET_KEYS if (reference := getattr(table, key)) is not None]


def fetch(reference: str, folder: Path, where: str) -> Secret:
    """The secret behind a reference. ``where`` is the config key that an error names."""
    scheme, _, rest = reference.partition(":")
    found = [entry for entry in entry_points(group="collector.secrets") if entry.name == scheme]
    if not found:
        raise ConfigError(f"{where}: no way to fetch {scheme}: secrets", "use env:, file:, keyring: or command:")
    backend: Backend = found[0].load()
    try:
        value = backend(rest, folder)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error.message}", error.hint) from error
    if not value:
        raise ConfigError(f"{where}: {reference.split(':')[0]} gave an empty secret", "set it, or take the key out")
    return Secret(value)


def from_env(name: str, folder: Path) -> str:
    """The environment variable ``name``."""
    value = os.environ.get(name)
    if value is None:
        raise ConfigError(f"the environment has no {name}", f"export {name}=... before the run")
    return value


def from_file(path: str, folder: Path) -> str:
    """A file's text without its last line break; refused when anyone but its owner can read it."""
    file = folder / Path(path).expanduser()
    try:
        info = file.stat()
        if stat.S_IMODE(info.st_mode) & 0o077:
            raise ConfigError(f"{file} can be read by others", f"chmod 600 {shlex.quote(str(file))}")
        if hasattr(os, "getuid") and info.st_uid not in (os.getuid(), 0):
            raise ConfigError(f"{file} belongs to another user", "the account that runs the scan must own it")
        return file.read_text().rstrip("\r\n")
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}", "check the path in the config") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not text", "the file must hold the secret alone") from error


def from_keyring(name: str, folder: Path) -> str:
    """The password of ``SERVICE/NAME`` in the operating system's keyring."""
    import keyring  # takes long to import and few use it
    from keyring.errors import KeyringError

    service, _, user = name.partition("/")
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise ConfigError(f"the keyring does not answer: {error}", "unlock it, or use file: on a server") from error
    if value is None:
        raise ConfigError(f"the keyring has no {service}/{user}", f"run: keyring set {service} {user}")
    return value


def from_command(command: str, folder: Path) -> str:
    """The first line that a program prints; it is started without a shell and given 30 seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - the command is the operator's own, from the config
            shlex.split(command), capture_output=True, text=True, timeout=30, cwd=folder, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"cannot run the command: {type(error).__name__}", "try it in a shell") from error
    if done.returncode:
        raise ConfigError(f"the command ended with {done.returncode}", "try it in a shell")
    return done.stdout.partition("\n")[0].rstrip("\r")
