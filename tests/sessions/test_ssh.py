"""SSH sessions against a device that answers, refuses, or misbehaves."""

import asyncio
import socket
import time
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from collector.errors import SessionError
from collector.model import Capture, Outcome
from collector.sessions import open_session
from tests.sessions.shell import PASSWORD, Device, ShellServer, credential, probe

VERSION = "Some OS, Version 1.2\nuptime is 3 days\n"


def read(server: ShellServer, folder: Path, *commands: str, enable: bool = False, **options: object) -> list[Capture]:
    target = server.target(folder, **options)
    definition = probe(folder / "probe", *commands, enable=enable)
    session = open_session(target, target.endpoints[0], definition, credential())
    try:
        return [c for request in definition.requests for c in session.fetch(request)]
    finally:
        session.close()


def test_a_reply_is_what_stands_between_echo_and_prompt(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION, "show users": "nobody\n"}) as server:
        captures = read(server, tmp_path, "show version", "show users")
    assert [c.body for c in captures] == [VERSION.encode(), b"nobody\n"]
    assert [c.outcome for c in captures] == [Outcome.OK, Outcome.OK]
    assert captures[0].account == "reader" and captures[0].what == "show version"
    assert set(server.seen) == {"", "terminal length 0", "show version", "show users"}
    assert server.logins == [PASSWORD]


def test_enable_uses_its_own_secret(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}, enable=True) as server:
        assert read(server, tmp_path, "show version", enable=True)[0].body == VERSION.encode()


def test_a_refused_enable_secret_is_a_refused_login(tmp_path: Path) -> None:
    with ShellServer(enable=True) as server, pytest.raises(SessionError, match="enable password was refused") as caught:
        target = server.target(tmp_path)
        open_session(target, target.endpoints[0], probe(tmp_path / "p", enable=True), credential(secret="wrong"))
    assert caught.value.outcome == Outcome.DENIED


def test_a_refused_login_is_denied_and_tried_once(tmp_path: Path) -> None:
    with ShellServer() as server, pytest.raises(SessionError, match="was refused") as caught:
        target = server.target(tmp_path)
        open_session(target, target.endpoints[0], probe(tmp_path / "p"), credential("wrong"))
    assert caught.value.outcome == Outcome.DENIED
    assert server.logins == ["wrong"]


def test_words_of_refusal_become_outcomes(tmp_path: Path) -> None:
    with ShellServer({"show secret": "% Authorization failed.\n"}) as server:
        captures = read(server, tmp_path, "show nonsense", "show secret")
    assert [(c.outcome, c.body) for c in captures] == [(Outcome.UNSUPPORTED, None), (Outcome.DENIED, None)]
    assert "Invalid input" in captures[0].detail


def test_an_empty_reply_is_no_answer(tmp_path: Path) -> None:
    with ShellServer({"show version": ""}) as server:
        [capture] = read(server, tmp_path, "show version")
    assert (capture.outcome, capture.body) == (Outcome.UNPARSED, None)


def test_a_pager_that_cannot_be_switched_off_is_turned_page_by_page(tmp_path: Path) -> None:
    pages = ["one\r\ntwo\r\n", "three\r\nfour\r\n", "five\r\n"]
    keys: list[bytes] = []

    def paged(device: Device) -> None:
        left = list(pages)

        def turn(data: bytes, datatype: object) -> None:
            keys.append(data)
            device.write("\r         \r" + left.pop(0))
            device.write("--More-- " if left else "\r\n" + device.prompt)
            if not left:
                del device.data_received  # type: ignore[method-assign]

        device.write(left.pop(0) + "--More-- ")
        device.data_received = turn  # type: ignore[method-assign]

    with ShellServer({"show version": paged, "show users": "nobody\n"}) as server:
        target = server.target(tmp_path)
        definition = probe(tmp_path / "probe", "show version", "show users")
        definition = replace(definition, session={**definition.session, "pager": "--More-- *"})
        session = open_session(target, target.endpoints[0], definition, credential())
        try:
            captures = [c for request in definition.requests for c in session.fetch(request)]
        finally:
            session.close()
    assert [c.body for c in captures] == [b"one\ntwo\nthree\nfour\nfive\n\n", b"nobody\n"]
    assert keys == [b" ", b" "]


def test_an_unknown_host_key_is_not_trusted_and_no_password_is_sent(tmp_path: Path) -> None:
    with ShellServer() as server, pytest.raises(SessionError, match="identity could not be verified") as caught:
        target = server.target(tmp_path)
        server.known_hosts(tmp_path).write_text("")
        open_session(target, target.endpoints[0], probe(tmp_path / "p"), credential())
    assert caught.value.outcome == Outcome.UNREACHABLE
    assert "SHA256:" in caught.value.message
    assert server.logins == []


def test_another_host_key_is_not_trusted(tmp_path: Path) -> None:
    with ShellServer() as server, pytest.raises(SessionError, match="not the known one") as caught:
        target = server.target(tmp_path)
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        server.known_hosts(tmp_path).write_text(f"[127.0.0.1]:{server.port} {other}")
        open_session(target, target.endpoints[0], probe(tmp_path / "p"), credential())
    assert caught.value.outcome == Outcome.UNREACHABLE
    assert server.logins == []


def test_verification_can_be_switched_off_for_a_target(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}) as server:
        [capture] = read(server, tmp_path, "show version", known_hosts="/nowhere", verify=False)
    assert capture.outcome is Outcome.OK


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    with ShellServer() as server:
        target = server.target(tmp_path)
    with pytest.raises(SessionError) as caught:
        open_session(target, target.endpoints[0], probe(tmp_path / "p"), credential())
    assert caught.value.outcome == Outcome.UNREACHABLE


def test_an_address_that_swallows_everything_is_unreachable_within_its_time(tmp_path: Path) -> None:
    with ShellServer() as server, socket.create_server(("127.0.0.1", 0)) as silent:
        target = server.target(tmp_path, deadline=3)
        endpoint = replace(target.endpoints[0], port=silent.getsockname()[1], options={"verify": False})
        begun = time.monotonic()
        with pytest.raises(SessionError) as caught:
            open_session(target, endpoint, probe(tmp_path / "p"), credential())
        assert caught.value.outcome in (Outcome.TIMED_OUT, Outcome.UNREACHABLE)
        assert time.monotonic() - begun < 6


def test_a_motd_that_looks_like_a_prompt_does_not_confuse(tmp_path: Path) -> None:
    def greet(device: Device) -> None:
        device.write("Welcome to sw9#\r\nUnauthorised access prohibited>\r\n")
        asyncio.get_running_loop().call_later(0.3, device.write, "\r\nsw1#")

    with ShellServer({"show version": VERSION, "show users": "nobody\n"}, greeting=greet) as server:
        captures = read(server, tmp_path, "show version", "show users")
    assert [c.body for c in captures] == [VERSION.encode(), b"nobody\n"]


def test_a_stray_prompt_is_never_taken_for_an_answer(tmp_path: Path) -> None:
    def stray(device: Device) -> None:
        device.write("sw1#")
        asyncio.get_running_loop().call_later(0.2, device.write, "\r\nshow users\r\nnobody\r\nsw1#")

    with ShellServer({"show version": VERSION, "show users": stray}) as server:
        captures = read(server, tmp_path, "show users", "show version")
    assert captures[1].body == VERSION.encode()
    assert captures[0].outcome is not Outcome.OK or captures[0].body == b"nobody\n"


def test_invalid_utf8_is_replaced_and_a_character_over_two_packets_is_not(tmp_path: Path) -> None:
    def split(device: Device) -> None:
        device.write(b"name caf\xc3")
        asyncio.get_running_loop().call_later(0.1, device.write, b"\xa9 and \xff\xfe\r\nsw1#")

    with ShellServer({"show version": split}) as server:
        [capture] = read(server, tmp_path, "show version")
    assert capture.body == "name café and ��\n".encode()


def test_escape_sequences_are_taken_out(tmp_path: Path) -> None:
    with ShellServer({"show version": "\x1b[1mBold\x1b[0m\x1b]0;title\x07 text\x1b[K\nabc\x08\x08\x08xyz\n"}) as server:
        [capture] = read(server, tmp_path, "show version")
    assert capture.body == b"Bold text\nxyz\n"


def test_a_device_that_stops_mid_reply_times_out_and_is_not_asked_again(tmp_path: Path) -> None:
    def stall(device: Device) -> None:
        device.write("Some OS, Ver")
        device.answer = lambda line: None  # type: ignore[method-assign]

    with ShellServer({"show version": stall}) as server:
        begun = time.monotonic()
        captures = read(server, tmp_path, "show version", "show users", "show clock")
    assert [c.outcome for c in captures] == [Outcome.TIMED_OUT] * 3
    assert "stopped before its end" in captures[0].detail and "not asked" in captures[1].detail
    assert time.monotonic() - begun < 10


def test_a_slow_command_does_not_spoil_the_next(tmp_path: Path) -> None:
    def late(device: Device) -> None:
        asyncio.get_running_loop().call_later(2.5, device.write, "too late\r\nsw1#")

    with ShellServer({"show users": late, "show version": VERSION}) as server:
        captures = read(server, tmp_path, "show users", "show version")
    assert captures[0].outcome is Outcome.TIMED_OUT
    assert captures[1].body == VERSION.encode()


def test_a_connection_that_breaks_mid_reply_is_no_answer(tmp_path: Path) -> None:
    def hang_up(device: Device) -> None:
        device.write("Some OS, Ver")
        device.chan.close()

    with ShellServer({"show version": hang_up}) as server:
        captures = read(server, tmp_path, "show version", "show users")
    assert [c.outcome for c in captures] == [Outcome.UNREACHABLE] * 2
    assert all(c.body is None for c in captures)


def test_endless_output_is_cut(tmp_path: Path) -> None:
    def flood(device: Device) -> None:
        device.write("x" * 79 + "\r\n")
        asyncio.get_running_loop().call_later(0.01, flood, device)

    with ShellServer({"show version": flood}) as server:
        begun = time.monotonic()
        captures = read(server, tmp_path, "show version", "show users", deadline=4)
    assert [c.outcome for c in captures] == [Outcome.TIMED_OUT] * 2
    assert time.monotonic() - begun < 8


def test_a_prompt_that_changes_times_out(tmp_path: Path) -> None:
    def other(device: Device) -> None:
        device.write("all fine\r\nother>")

    with ShellServer({"show version": other}) as server:
        [capture] = read(server, tmp_path, "show version")
    assert capture.outcome is Outcome.TIMED_OUT
    assert "other>" in capture.detail


def test_garbage_instead_of_a_shell_ends(tmp_path: Path) -> None:
    def babble(device: Device) -> None:
        device.write(bytes(range(256)) * 8)
        device.answer = lambda line: device.write(bytes(range(256)))  # type: ignore[method-assign]

    with ShellServer(greeting=babble) as server, pytest.raises(SessionError) as caught:
        target = server.target(tmp_path, deadline=4)
        open_session(target, target.endpoints[0], probe(tmp_path / "p"), credential())
    assert caught.value.outcome == Outcome.TIMED_OUT


def test_a_guarded_command_is_not_sent(tmp_path: Path) -> None:
    with ShellServer() as server:
        captures = read(server, tmp_path, "configure terminal", "show x | redirect y")
    assert [c.outcome for c in captures] == [Outcome.NOT_COLLECTED] * 2
    assert all("show x" not in line and "conf" not in line for line in server.seen)
