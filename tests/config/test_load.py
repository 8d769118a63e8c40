"""The configuration: every mistake at once with its line, and secrets only by reference."""

from pathlib import Path

import pytest

from collector.config import load_config
from collector.credentials import resolve_credential, resolve_credentials
from collector.errors import ConfigError
from collector.inventory import load_inventory
from collector.model import Transport
from collector.probes.definition import ProbeDef

GOOD = """
[credential.switch]
username = "reader"
password = "env:SWITCH_PASSWORD"

[credential.snmp]
community = "file:community"

[defaults]
site = "main"
[defaults.ssh]
credential = "switch"
known_hosts = "known_hosts"
[defaults.snmp]
credential = "snmp"
version = "2c"

[site.main]
[site.clinic]
ssh = { deadline = "7s", port = 2022 }

[[target]]
name = "sw-1"
address = "192.0.2.1"
platform = "some_switch"
role = "core"

[[target]]
name = "sw-2"
address = "192.0.2.2"
platform = "some_switch"
site = "clinic"
ssh = { port = 2222 }

[inventory]
csv = ["more.csv"]
"""

PROBES = {
    "some_switch": ProbeDef("some_switch", "some_switch", Transport.SSH, "switch", "1", ()),
    "generic": ProbeDef("generic", "*", Transport.SNMP, "", "1", ()),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(GOOD)
    (tmp_path / "more.csv").write_text("name;address;platform;tags\nups-1;192.0.2.9;snmp;power\n")
    (tmp_path / "community").write_text("hidden\n")
    (tmp_path / "community").chmod(0o600)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text)
    return folder / "config.toml"


def test_settings_lie_over_each_other(folder: Path) -> None:
    targets = load_inventory(load_config(folder / "config.toml"), PROBES).select(roles=("core",))
    assert [t.name for t in targets] == ["sw-1"]
    one, two = load_inventory(load_config(folder / "config.toml"), PROBES).targets[:2]
    ssh_one, ssh_two = one.endpoint(Transport.SSH), two.endpoint(Transport.SSH)
    assert ssh_one and ssh_two
    assert (ssh_one.port, ssh_one.deadline_s) == (22, 120)
    assert (ssh_two.port, ssh_two.deadline_s) == (2222, 7)
    assert ssh_one.options["known_hosts"] == str(folder / "known_hosts")
    assert one.endpoint(Transport.SNMP), "SNMP is asked where it has a credential"


def test_what_only_snmp_reads_needs_to_say_so(folder: Path) -> None:
    ups = load_inventory(load_config(folder / "config.toml"), PROBES).get("ups-1")
    assert [e.transport for e in ups.endpoints] == [Transport.SNMP]
    assert ups.tags == ("power",)


def test_all_mistakes_at_once_with_their_lines(folder: Path) -> None:
    bad = GOOD.replace('"env:SWITCH_PASSWORD"', '"hunter2"').replace("port = 2222", "prot = 2222")
    bad = bad.replace('credential = "snmp"', 'credential = "smnp"').replace('name = "sw-2"', 'name = "sw-1"')
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, bad))
    mistakes = "\n".join(caught.value.mistakes)
    lines = bad.splitlines()
    for text, near in [
        ("credential.switch.password: holds a secret itself", "hunter2"),
        ("target[1].ssh.prot: unknown key: did you mean 'port'?", "prot"),
        ("defaults.snmp.credential: no [credential.smnp]", "smnp"),
        ("target[1].name: 'sw-1' is the name of target[0] too", None),
    ]:
        assert text in mistakes
        if near:
            number = next(i for i, line in enumerate(lines, 1) if near in line)
            assert f"line {number}: {text}" in mistakes
    assert "hunter2" not in mistakes
    assert "hunter2" not in str(caught.value)


def test_toml_that_does_not_parse_says_where(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 2"):
        load_config(write(folder, "[store]\nurl = \n"))


def test_no_config_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="collector init"):
        load_config(tmp_path / "config.toml")


def test_a_secret_file_that_others_can_read_is_refused(folder: Path) -> None:
    config = load_config(folder / "config.toml")
    assert resolve_credential(config, "snmp").secret("community") == "hidden"
    (folder / "community").chmod(0o640)
    with pytest.raises(ConfigError, match=r"can be read by others.*chmod 600"):
        resolve_credential(config, "snmp")


def test_secrets_that_are_missing_are_said_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SWITCH_PASSWORD", raising=False)
    (folder / "community").unlink()
    with pytest.raises(ConfigError) as caught:
        resolve_credentials(load_config(folder / "config.toml"), ["switch", "snmp"])
    assert len(caught.value.mistakes) == 2
    assert any("export SWITCH_PASSWORD" in m for m in caught.value.mistakes)


def test_a_command_gives_its_first_line(folder: Path) -> None:
    text = GOOD.replace("env:SWITCH_PASSWORD", "command:printf 'one\\\\ntwo'")
    assert resolve_credential(load_config(write(folder, text)), "switch").secret("password") == "one"


def test_a_secret_never_prints_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", "hunter2")
    credential = resolve_credential(load_config(folder / "config.toml"), "switch")
    assert "hunter2" not in repr(credential) + str(credential)
    assert credential.secret("password") == "hunter2"


def test_csv_rows_that_are_wrong_are_all_said(folder: Path) -> None:
    (folder / "more.csv").write_text("name,address,platform\na,bad address,x\n,192.0.2.1,x\n")
    with pytest.raises(ConfigError) as caught:
        load_inventory(load_config(folder / "config.toml"), PROBES)
    assert any("line 2" in m for m in caught.value.mistakes)
    assert any("line 3" in m for m in caught.value.mistakes)


def test_the_example_is_a_valid_config(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "config.example.toml"
    assert load_config(example).file.target


def test_every_key_stands_in_the_example() -> None:
    """A key of the schema that config.example.toml does not show, commented or not, is a hidden feature."""
    import re

    from pydantic import BaseModel

    from collector.config.schema import ConfigFile

    text = (Path(__file__).parents[2] / "config.example.toml").read_text()
    shown = set(re.findall(r"[\[{,#\s.]\s*([a-z_]+)\s*(?==|\]|\.)", text))

    def keys(model: type[BaseModel]) -> set[str]:
        found = set()
        for name, info in model.model_fields.items():
            found.add(name)
            for inner in (info.annotation, *getattr(info.annotation, "__args__", ())):
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    found |= keys(inner)
        return found

    missing = keys(ConfigFile) - shown
    assert not missing, sorted(missing)


def test_a_secret_file_is_found_beside_the_config(folder: Path) -> None:
    assert Path.cwd() != folder
    assert resolve_credential(load_config(folder / "config.toml"), "snmp").secret("community") == "hidden"
