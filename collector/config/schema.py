"""The keys of ``config.toml`` and what each may hold. ``config.example.toml`` explains them one by one."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from collector.durations import parse_duration

_REFERENCE = re.compile(r"^(env|file|keyring|command):.+", re.DOTALL)


def _reference(value: str) -> str:
    """A secret is only ever named; the message must not repeat what was written."""
    if not _REFERENCE.match(value):
        raise ValueError(
            "holds a secret itself: write where it is kept instead, as env:NAME, file:PATH (mode 0600), "
            "keyring:SERVICE/NAME or command:PROGRAM ARGUMENTS"
        )
    return value


def _duration(value: str) -> str:
    parse_duration(value)
    return value


SecretReference = Annotated[str, AfterValidator(_reference)]
Duration = Annotated[str, AfterValidator(_duration)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]*$", max_length=253)]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SshSettings(_Table):
    credential: str | None = None
    port: Port | None = None
    connect_timeout: Duration | None = None
    deadline: Duration | None = None
    known_hosts: str | None = None
    verify: bool | None = None
    legacy_algorithms: bool | None = None


class SnmpSettings(_Table):
    credential: str | None = None
    port: Port | None = None
    connect_timeout: Duration | None = None
    deadline: Duration | None = None
    version: Literal["2c", "3"] | None = None
    max_repetitions: Annotated[int, Field(ge=1, le=200)] | None = None


class LdapSettings(_Table):
    credential: str | None = None
    port: Port | None = None
    connect_timeout: Duration | None = None
    deadline: Duration | None = None
    tls: Literal["ldaps", "starttls", "none"] | None = None
    ca_file: str | None = None
    server_name: str | None = None
    verify: bool | None = None
    base_dn: str | None = None


class HttpSettings(_Table):
    credential: str | None = None
    port: Port | None = None
    connect_timeout: Duration | None = None
    deadline: Duration | None = None
    scheme: Literal["https", "http"] | None = None
    ca_file: str | None = None
    server_name: str | None = None
    verify: bool | None = None
    values: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], str] | None = None


class Transports(_Table):
    """The four transports' settings, as defaults, sites and targets have them."""

    ssh: SshSettings = SshSettings()
    snmp: SnmpSettings = SnmpSettings()
    ldap: LdapSettings = LdapSettings()
    http: HttpSettings = HttpSettings()


class Defaults(Transports):
    site: str = ""
    transports: list[Literal["ssh", "snmp", "ldap", "http"]] | None = None


class SiteTable(Transports):
    title: str = ""


class TargetTable(Transports):
    name: Name
    address: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:_-]*$", max_length=253)]
    platform: str
    family: str = ""
    site: str = ""
    role: str = ""
    tags: list[str] = []
    transports: list[Literal["ssh", "snmp", "ldap", "http"]] | None = None


class CredentialTable(_Table):
    username: str = ""
    password: SecretReference | None = None
    enable: SecretReference | None = None
    private_key: SecretReference | None = None
    community: SecretReference | None = None
    auth_key: SecretReference | None = None
    priv_key: SecretReference | None = None
    token: SecretReference | None = None
    client_secret: SecretReference | None = None
    auth_protocol: Literal["SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "MD5"] | None = None
    priv_protocol: Literal["AES", "AES-192", "AES-256", "DES"] | None = None
    client_id: str | None = None
    bind: Literal["simple", "kerberos", "ntlm", "anonymous"] | None = None


SECRET_KEYS = ("password", "enable", "private_key", "community", "auth_key", "priv_key", "token", "client_secret")
OPTION_KEYS = ("auth_protocol", "priv_protocol", "client_id", "bind")


class Organisation(_Table):
    name: str = ""


class StoreTable(_Table):
    url: str = "sqlite:///collector.db"


class ScanTable(_Table):
    processes: Annotated[int, Field(ge=0, le=64)] = 0
    threads: Annotated[int, Field(ge=1, le=500)] = 50
    snmp_in_flight: Annotated[int, Field(ge=1, le=500)] = 50
    max_refusals: Annotated[int, Field(ge=1, le=20)] = 3
    deadline: Duration = "120s"
    connect_timeout: Duration = "10s"


class PrivacyTable(_Table):
    clients: Literal["hashed", "plain"] = "hashed"


class ModelTable(_Table):
    name: str = "infram-2018"


class InventoryTable(_Table):
    csv: list[str] = []


class QuestionnaireTable(_Table):
    sheet: str = ""
    header_row: Annotated[int, Field(ge=1)] | None = None
    id_column: str = ""
    question_column: str = ""
    answer_column: str = ""
    share_column: str = ""
    reason_column: str = ""
    evidence_column: str = ""
    date_column: str = ""
    words: dict[Literal["yes", "partial", "no", "unknown", "not_applicable"], str] = {}
    ids: dict[str, str] = {}


class ConfigFile(_Table):
    """The whole file."""

    organisation: Organisation = Organisation()
    store: StoreTable = StoreTable()
    scan: ScanTable = ScanTable()
    privacy: PrivacyTable = PrivacyTable()
    model: ModelTable = ModelTable()
    lists: dict[str, list[str]] = {}
    credential: dict[str, CredentialTable] = {}
    defaults: Defaults = Defaults()
    site: dict[str, SiteTable] = {}
    target: list[TargetTable] = []
    inventory: InventoryTable = InventoryTable()
    questionnaire: QuestionnaireTable = QuestionnaireTable()


def settings_of(table: Transports, transport: str) -> dict[str, Any]:
    """One transport's settings that are written in this table."""
    found: BaseModel = getattr(table, transport)
    return {k: v for k, v in found.model_dump().items() if v is not None}
