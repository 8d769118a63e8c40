"""The read-only guard: what is not on the allow-list is not sent.

Sessions ask it before every request. It refuses by raising GuardError; nothing was sent then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from collector.errors import GuardError
from collector.model import Transport
from collector.probes.definition import ProbeDef, RequestDef

#: Display filters that may follow a ``|``; anything else after it (redirect, tee, append, save, a shell) is refused.
_FILTERS = frozenset(
    ("include", "exclude", "begin", "section", "count", "match", "except", "find", "display", "json", "json-pretty",
     "xml", "no-more")
)  # fmt: skip

#: First words that change something on one system or another. An allow-list that lets one through is itself wrong.
_WRITING = frozenset(
    ("configure", "config", "conf", "write", "copy", "delete", "erase", "format", "reload", "reboot",
     "reset", "restart", "shutdown", "clear", "set", "unset", "no", "commit", "rollback", "install",
     "upgrade", "request", "start", "stop", "debug", "undebug", "test", "tclsh", "bash", "run-script",
     "guestshell", "ssh", "telnet", "exec", "do", "save", "load", "edit", "create", "add", "remove",
     "rename", "move", "mkdir", "rmdir", "undo", "archive", "replace", "boot", "license")
)  # fmt: skip

#: Settings of the login itself, gone with it: how wide and long its screen is. The only lines that begin with such words.
_SETTING = re.compile(
    r"(?:terminal|term) (?:length|width|pager|datadump) ?(?:lines )?\d*|terminal (?:pager|exec prompt timestamp) .{0,12}|"
    r"(?:no )?(?:page|paging)(?: off)?|terminal datadump|screen-length (?:0|disable)(?: temporary)?|"
    r"set (?:cli|length|terminal) (?:screen-)?(?:length|width|more)? ?(?:\d{1,4}|off)|"
    r"no terminal (?:pager|monitor)|(?:set )?cli pager off|(?:disable|skip) (?:clipaging|page)(?: display)?|environment no more|"
    r"set clienv rows 0|config paging disable"
)

#: Directory attributes that hold passwords, their hashes, keys or recovery secrets, whoever defined them: by what their
#: names end with (`userPassword`, `pwdHistory`, `ms-Mcs-AdmPwd` ...), and those whose names do not say so. Names that go on
#: after the word (`pwdLastSet`, `msLAPS-PasswordExpirationTime`) tell about a password and are no secret.
_SECRET = re.compile(
    r"(?i)(?:password|passwd|pwd|secret|credentials?|passphrase|privatekey|keypackage|ownerinformation)s?(?:history)?$|"
    r"^(?:trustauth|initialauth)(?:incoming|outgoing)$|"
    r"^(?:krbprincipalkey|krbmkey|currentvalue|priorvalue|peklist|userpkcs12|ipanthash|msds-executescriptpassword)$"
)

_HTTP_VERBS = frozenset({"GET", "POST"})
_SNMP_VERBS = frozenset({"GET", "GETNEXT", "GETBULK"})


def check(probe: ProbeDef, request: RequestDef) -> None:
    """Refuse a request that its probe's allow-list, or its transport, does not let through."""
    match probe.transport:
        case Transport.SSH:
            for command in request.send:
                check_command(probe, command)
        case Transport.HTTP:
            for path in request.send:
                check_http(probe, request.verb, path)
        case Transport.SNMP:
            check_snmp(request.verb, request.send)
        case Transport.LDAP:
            check_ldap(request.verb, request.send_options.get("attributes", ()), "".join(request.send))


def check_command(probe: ProbeDef, command: str) -> None:
    """A command line: one printable line, no second command, no way into a file, and on the allow-list as a whole."""
    _one_line(command)
    if any(mark in command for mark in (";", ">", "<", "`", "$(", "&", "\\")):
        raise GuardError(f"command {command!r}: only one plain command, and no redirection", _MEND)
    words = command.split()
    if not words or words[0].lower() in _WRITING:
        raise GuardError(f"command {command!r} could change something", _MEND)
    for filter_ in command.split("|")[1:]:
        name = filter_.split()[:1]
        if not name or name[0].lower() not in _FILTERS:
            raise GuardError(f"command {command!r}: only display filters may follow `|`", _MEND)
    if not any(pattern.fullmatch(command) for pattern in probe.allow):
        raise GuardError(f"command {command!r} is not on the allow-list of probe {probe.name}", _MEND)


def check_setting(probe: ProbeDef, line: str) -> None:
    """A line that only sets up the login's own screen, or that the allow-list names."""
    _one_line(line)
    if not _SETTING.fullmatch(line):
        check_command(probe, line)


def check_http(probe: ProbeDef, verb: str, path: str) -> None:
    """GET, or a POST that the probe's allow-list names with its path; never another host."""
    _one_line(path)
    if verb not in _HTTP_VERBS:
        raise GuardError(f"HTTP {verb} is never sent", "GET reads; some searches are a POST that [guard] allow names")
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        raise GuardError(f"HTTP path {path!r} does not begin with one `/`", _MEND)
    bare = path.partition("?")[0]
    if verb != "GET" and not any(p.fullmatch(f"{verb} {t}") for p in probe.allow for t in (path, bare)):
        raise GuardError(f"{verb} {bare} is not on the allow-list of probe {probe.name}", _MEND)


def check_login(probe: ProbeDef, verb: str, path: str) -> None:
    """The calls that log in and out, on just the paths that the probe's ``[session]`` names."""
    _one_line(path)
    named = {f"POST {probe.session.get('login_path', '')}", str(probe.session.get("logout", ""))}
    if f"{verb} {path}" not in named or verb not in ("GET", "POST", "DELETE") or not path.startswith("/"):
        raise GuardError(f"{verb} {path} is no login or logout of probe {probe.name}", _MEND)


def check_snmp(verb: str, oids: Iterable[str]) -> None:
    """Reading verbs and dotted numbers only."""
    if verb not in _SNMP_VERBS:
        raise GuardError(f"SNMP {verb} is never sent", "GET, GETNEXT and GETBULK read")
    for oid in oids:
        if not re.fullmatch(r"[0-2](?:\.\d{1,10}){1,127}", oid):
            raise GuardError(f"OID {oid!r} is not a dotted number", _MEND)


def check_ldap(verb: str, attributes: Iterable[str] = (), filter_: str = "") -> None:
    """Searching only, for attributes by their names, and never for one that holds a secret: not in the filter either."""
    if verb != "search":
        raise GuardError(f"LDAP {verb} is never sent", "bind, search and unbind read")
    for described in attributes:
        name = described.partition(";")[0]
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*|1\.1", name):
            raise GuardError(
                f"LDAP attribute {described!r} is not asked for", "write the names of attributes, one each"
            )
        if _SECRET.search(name):
            raise GuardError(f"LDAP attribute {described!r} holds a secret and is never asked for", _MEND)
    for name in re.findall(r"\(\s*([A-Za-z0-9.:-]+)[^=()]*=", filter_):
        if _SECRET.search(name.partition(":")[0]) or not name[0].isalpha():
            raise GuardError(f"LDAP filter {filter_!r} asks after a secret, or not by a name", _MEND)


def _one_line(text: str) -> None:
    if not text or not text.isprintable() or not text.isascii() or len(text) > 4096:
        raise GuardError(f"{text[:80]!r} is not one line of plain characters", _MEND)


_MEND = "mend the probe's request or its [guard] allow; nothing was sent"
