"""The words of the lab: what a hospital consists of, as frozen values that every server renders its replies from.

Times are aware datetimes in UTC, speeds bits per second, sizes bytes, power watts, temperatures degrees Celsius.
MAC addresses are lower case with colons. Names of ports are the full names that the platform itself prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens."""

    address: str
    port: int


# ---------------------------------------------------------------------------------------------------- switches


@dataclass(frozen=True, slots=True)
class Vlan:
    id: int
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Neighbor:
    """What the device at a port's other end says of itself.

    ``kind``: switch, router, controller, phone, access_point, server. ``protocols``: lldp, cdp or both. ``capabilities``: of bridge,
    router, wlan_access_point, telephone, station (all of them enabled). ``chassis`` is a MAC address, for phones the
    address ``address``; ``port_id`` is an interface name (of a phone, its MAC address). ``description`` is its
    sysDescr (LLDP), ``platform`` the CDP platform, ``med_class`` 3 for a phone (LLDP-MED endpoint class III).
    """

    name: str
    kind: str
    port_id: str
    port_description: str
    chassis: str
    capabilities: tuple[str, ...]
    address: str
    description: str
    platform: str = ""
    version: str = ""
    protocols: tuple[str, ...] = ("lldp",)
    med_class: int = 0
    med_model: str = ""
    med_serial: str = ""
    med_manufacturer: str = ""


@dataclass(frozen=True, slots=True)
class AuthSession:
    """A client that a port has authenticated, or refused. ``method``: dot1x or mab; ``domain``: DATA or VOICE."""

    mac: str
    method: str
    domain: str
    authorised: bool
    user: str
    vlan: int
    role: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Counters:
    in_octets: int = 0
    out_octets: int = 0
    in_packets: int = 0
    out_packets: int = 0
    in_errors: int = 0
    out_errors: int = 0


@dataclass(frozen=True, slots=True)
class Port:
    """A physical or logical port.

    ``kind``: ethernet, lag, vlan, loopback, management. ``mode``: access, trunk, routed, or empty (management). ``lag`` names
    the bundle that the port is a member of. ``speed_bps`` is what is negotiated, or the port's own where it is down.
    ``poe_w`` is what the port delivers, ``None`` where it can't. ``policy_in`` is a QoS policy, ``trust`` dscp, cos or empty.
    """

    name: str
    index: int
    kind: str
    description: str = ""
    admin_up: bool = True
    oper_up: bool = False
    speed_bps: int = 1_000_000_000
    duplex: str = "full"
    media: str = ""
    mac: str = ""
    mtu: int = 1500
    mode: str = ""
    access_vlan: int = 1
    voice_vlan: int = 0
    native_vlan: int = 1
    trunk_vlans: tuple[int, ...] = ()
    lag: str = ""
    member: int = 1
    poe_w: float | None = None
    poe_class: int = 0
    poe_device: str = ""
    neighbors: tuple[Neighbor, ...] = ()
    sessions: tuple[AuthSession, ...] = ()
    authenticates: bool = False
    edge: bool = False
    policy_in: str = ""
    policy_out: str = ""
    trust: str = ""
    address: str = ""
    prefix: int = 0
    vrf: str = ""
    counters: Counters = Counters()
    host_mac: str = ""
    host_vlan: int = 0


@dataclass(frozen=True, slots=True)
class Lag:
    """A bundle. ``bundled`` members carry traffic. ``mlag_id`` is set where it spans two chassis (vPC, MLAG)."""

    name: str
    number: int
    protocol: str
    members: tuple[str, ...]
    bundled: tuple[str, ...]
    mlag_id: int = 0
    peer_link: bool = False
    description: str = ""

    @property
    def up(self) -> bool:
        return bool(self.bundled)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A first-hop gateway on an SVI. ``protocol``: hsrp, vrrp, varp, active_gateway. ``state``: active or standby
    (hsrp), master or backup (vrrp), active (the others). ``other`` is the other router's address, empty where unseen.
    """

    protocol: str
    group: int
    virtual_address: str
    virtual_mac: str
    priority: int
    state: str
    other: str


@dataclass(frozen=True, slots=True)
class Svi:
    """A layer 3 interface of a VLAN; ``vrf`` is empty in the default routed domain."""

    name: str
    vlan: int
    address: str
    prefix: int
    vrf: str = ""
    description: str = ""
    up: bool = True
    helpers: tuple[str, ...] = ()
    acl_in: str = ""
    gateway: Gateway | None = None


@dataclass(frozen=True, slots=True)
class Vrf:
    name: str
    rd: str
    interfaces: tuple[str, ...]
    routes: int


@dataclass(frozen=True, slots=True)
class StpInstance:
    """One VLAN's spanning tree. ``root_port`` is empty on the root. Priorities include the VLAN number."""

    vlan: int
    root_mac: str
    root_priority: int
    bridge_priority: int
    root_port: str
    root_cost: int

    @property
    def is_root(self) -> bool:
        return not self.root_port


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the hardware. ``cls``: chassis, module, psu, fan, stack, sensor. ``watts`` is a power supply's rating."""

    name: str
    cls: str
    description: str
    model: str
    serial: str
    ok: bool = True
    watts: int = 0
    member: int = 1
    version: str = ""


@dataclass(frozen=True, slots=True)
class Sensor:
    name: str
    celsius: float
    warn: float
    critical: float
    place: str

    @property
    def ok(self) -> bool:
        return self.celsius < self.warn


@dataclass(frozen=True, slots=True)
class PoeBudget:
    """Power over Ethernet of one stack member."""

    member: int
    available_w: float
    used_w: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A chassis pair's state, or a stack's. ``type``: vpc, mlag, vsf, stack, sso. ``peer_ok``: the peer is alive and in step."""

    type: str
    domain: str
    role: str
    peer: str
    peer_address: str
    peer_link: str
    peer_ok: bool
    members: int
    peer_mac: str = ""


@dataclass(frozen=True, slots=True)
class StackMember:
    number: int
    role: str
    mac: str
    priority: int
    state: str
    model: str
    serial: str


@dataclass(frozen=True, slots=True)
class NtpPeer:
    address: str
    stratum: int
    reference: str
    offset_ms: float
    delay_ms: float
    selected: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class Ntp:
    synchronised: bool
    peers: tuple[NtpPeer, ...]

    @property
    def reference(self) -> NtpPeer | None:
        return next((p for p in self.peers if p.selected and self.synchronised), None)


@dataclass(frozen=True, slots=True)
class LocalUser:
    """``hash`` is in the platform's own form; ``level`` a privilege level or a role."""

    name: str
    level: str
    hash: str


@dataclass(frozen=True, slots=True)
class Aaa:
    """``protocol``: tacacs+ or radius; ``central`` says that logins are checked there before the local list."""

    central: bool
    protocol: str
    servers: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class SnmpUser:
    name: str
    group: str
    auth: str
    priv: str


@dataclass(frozen=True, slots=True)
class SnmpHost:
    address: str
    version: str
    user: str


@dataclass(frozen=True, slots=True)
class Services:
    telnet: bool = False
    ssh: bool = True
    ssh_version: str = "2.0"
    http: bool = False
    https: bool = False
    snmp_communities: tuple[str, ...] = ()
    snmp_users: tuple[SnmpUser, ...] = ()
    snmp_hosts: tuple[SnmpHost, ...] = ()


@dataclass(frozen=True, slots=True)
class QosPolicy:
    """``priority_class`` is the class with strict priority, empty where the policy has none."""

    name: str
    classes: tuple[str, ...]
    priority_class: str = ""


@dataclass(frozen=True, slots=True)
class FlowExporter:
    name: str
    destination: str
    port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class BgpPeer:
    """``state`` in capitals as CLI prints it (Established, Idle, Active); ``since`` is when it last changed."""

    address: str
    remote_as: int
    state: str
    description: str
    prefixes: int
    since: datetime
    router_id: str = ""

    @property
    def up(self) -> bool:
        return self.state == "Established"


@dataclass(frozen=True, slots=True)
class Bgp:
    asn: int
    router_id: str
    peers: tuple[BgpPeer, ...]


@dataclass(frozen=True, slots=True)
class PathProbe:
    """An IP SLA operation. ``type``: icmp-echo or udp-jitter."""

    number: int
    type: str
    destination: str
    ok: bool
    rtt_ms: int
    jitter_ms: int = 0
    lost: int = 0
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch, whole. ``platform`` is its netmiko name; ``location`` a building and a room.

    ``config_saved``: running and startup configuration agree. ``faults`` maps a transport (ssh, snmp) to the way in
    which the device is broken there; ``down`` says that it answers nothing at all.
    """

    name: str
    hostname: str
    platform: str
    role: str
    site: str
    location: str
    ssh: Place
    snmp: Place
    address: str
    model: str
    serial: str
    version: str
    image: str
    sys_descr: str
    sys_object_id: str
    mac: str
    booted_at: datetime
    ports: tuple[Port, ...]
    vlans: tuple[Vlan, ...]
    lags: tuple[Lag, ...] = ()
    svis: tuple[Svi, ...] = ()
    vrfs: tuple[Vrf, ...] = ()
    stp: tuple[StpInstance, ...] = ()
    stp_mode: str = "rapid-pvst"
    pair: Pair | None = None
    stack: tuple[StackMember, ...] = ()
    components: tuple[Component, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    poe: tuple[PoeBudget, ...] = ()
    ntp: Ntp = field(default_factory=lambda: Ntp(False, ()))
    logging_hosts: tuple[str, ...] = ()
    aaa: Aaa = field(default_factory=lambda: Aaa(False, "tacacs+", (), ""))
    users: tuple[LocalUser, ...] = ()
    enable_hash: str = ""
    services: Services = field(default_factory=Services)
    qos: tuple[QosPolicy, ...] = ()
    dhcp_snooping: bool = True
    dhcp_snooping_vlans: tuple[int, ...] = ()
    arp_inspection: bool = False
    bpdu_guard: bool = True
    config_saved: bool = True
    config_changed_at: datetime | None = None
    config_saved_at: datetime | None = None
    config_changed_by: str = "netops"
    archive: str = ""
    flow_exporters: tuple[FlowExporter, ...] = ()
    bgp: Bgp | None = None
    path_probes: tuple[PathProbe, ...] = ()
    domain: str = "hospital.test"
    banner: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    down: bool = False

    def port(self, name: str) -> Port:
        return next(p for p in self.ports if p.name == name)


@dataclass(frozen=True, slots=True)
class Ups:
    """``battery_status``: normal, low, depleted. Times are minutes, loads percent of the rating."""

    name: str
    site: str
    location: str
    snmp: Place
    manufacturer: str
    model: str
    serial: str
    version: str
    sys_descr: str
    sys_object_id: str
    mac: str
    booted_at: datetime
    battery_status: str
    runtime_min: int
    charge_percent: int
    on_battery: bool
    load_percent: int
    input_voltage: int
    output_voltage: int
    battery_voltage_dv: int
    battery_celsius: int
    room_celsius: float
    room_humidity: int
    alarms: int
    faults: Mapping[str, str] = field(default_factory=dict)
    down: bool = False


# ---------------------------------------------------------------------------------------------------- wireless


@dataclass(frozen=True, slots=True)
class Radio:
    """``band``: 2.4, 5 or 6. ``utilisation`` is percent of the channel."""

    slot: int
    band: str
    channel: int
    width_mhz: int
    power_dbm: int
    up: bool
    utilisation: int
    noise_dbm: int


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """``joined``: the controller has it now. ``switch`` and ``port`` are where it is plugged in, empty where nowhere."""

    name: str
    model: str
    serial: str
    mac: str
    radio_mac: str
    address: str
    version: str
    joined: bool
    site_tag: str
    policy_tag: str
    rf_tag: str
    location: str
    country: str
    primary: str
    secondary: str
    radios: tuple[Radio, ...]
    switch: str
    port: str
    joined_at: datetime
    booted_at: datetime
    wifi: int


@dataclass(frozen=True, slots=True)
class Wlan:
    """``security``: open, wpa2, wpa3, wpa2_wpa3. ``key_management``: none, psk, sae, dot1x. ``wmm``: required, allowed, disabled.

    ``qos`` is platinum, gold, silver or bronze; ``policy_profile`` the policy that puts its clients into ``vlan``.
    """

    id: int
    profile: str
    ssid: str
    enabled: bool
    security: str
    key_management: str
    encryption: str
    vlan: int
    vlan_name: str
    qos: str
    wmm: str
    fast_transition: bool
    policy_profile: str
    psk: str = ""
    central_switching: bool = True
    web_auth: bool = False


@dataclass(frozen=True, slots=True)
class WirelessClient:
    mac: str
    access_point: str
    slot: int
    band: str
    wlan: int
    ssid: str
    authentication: str
    rssi_dbm: int
    snr_db: int
    address: str
    username: str
    vlan: int
    device: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Rogue:
    """``cls``: unclassified, friendly, malicious. ``state``: alert, contained."""

    mac: str
    cls: str
    state: str
    on_wire: bool
    ssid: str
    first_seen_at: datetime
    last_seen_at: datetime
    heard_by: tuple[str, ...]
    rssi_dbm: int
    channel: int


@dataclass(frozen=True, slots=True)
class WirelessHa:
    """The controller's partner. ``peer_ok``: hot standby, configuration in step."""

    enabled: bool
    role: str
    peer_ok: bool
    peer_address: str
    local_address: str
    peer_serial: str


@dataclass(frozen=True, slots=True)
class Controller:
    name: str
    hostname: str
    platform: str
    site: str
    location: str
    http: Place
    address: str
    mac: str
    model: str
    serial: str
    version: str
    booted_at: datetime
    username: str
    password: str
    ha: WirelessHa
    access_points: tuple[AccessPoint, ...]
    wlans: tuple[Wlan, ...]
    clients: tuple[WirelessClient, ...]
    rogues: tuple[Rogue, ...]
    rogue_detection: bool
    rogue_level: str
    faults: Mapping[str, str] = field(default_factory=dict)
    down: bool = False


# ---------------------------------------------------------------------------------------------------- backup


@dataclass(frozen=True, slots=True)
class Repository:
    """``type``: linux_hardened, linux, windows, object. ``location`` is the site it stands in."""

    id: str
    name: str
    type: str
    description: str
    path: str
    host: str
    location: str
    immutable_days: int
    capacity_gb: float
    free_gb: float
    off_site: bool = False
    online: bool = True


@dataclass(frozen=True, slots=True)
class Workload:
    """A machine. ``platform``: vmware, agent. ``object_id`` is the hypervisor's own id (vm-123)."""

    id: str
    name: str
    platform: str
    type: str
    object_id: str
    host: str
    size_gb: float


@dataclass(frozen=True, slots=True)
class Job:
    """``type``: backup, copy, verification. ``source`` names the job that a copy job copies."""

    id: str
    name: str
    type: str
    platform: str
    description: str
    enabled: bool
    repository: str
    workloads: tuple[str, ...]
    hour: int
    every_days: int
    next_run_at: datetime | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job. ``result``: success, warning, failed; ``ended_at`` is ``None`` while it runs."""

    id: str
    job: str
    started_at: datetime
    ended_at: datetime | None
    result: str | None
    message: str
    workloads: int


@dataclass(frozen=True, slots=True)
class BackupChain:
    """The backups that one job made on one repository."""

    id: str
    name: str
    job: str
    repository: str
    platform: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RestorePoint:
    """``kind``: full or increment."""

    id: str
    workload: str
    backup: str
    created_at: datetime
    kind: str
    size_gb: float


@dataclass(frozen=True, slots=True)
class BackupSystem:
    name: str
    hostname: str
    platform: str
    site: str
    location: str
    http: Place
    address: str
    product: str
    version: str
    username: str
    password: str
    repositories: tuple[Repository, ...]
    workloads: tuple[Workload, ...]
    jobs: tuple[Job, ...]
    runs: tuple[Run, ...]
    chains: tuple[BackupChain, ...]
    restore_points: tuple[RestorePoint, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    down: bool = False


# ---------------------------------------------------------------------------------------------------- directory


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """``name`` is ``default`` for the domain's own. Durations are seconds; 0 means never (age) or until unlocked (lock-out)."""

    name: str
    min_length: int
    history: int
    complexity: bool
    max_age_s: int
    min_age_s: int
    lockout_threshold: int
    lockout_duration_s: int
    lockout_window_s: int
    precedence: int = 0
    applies_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """``members`` are DNs. ``scope``: global, domain_local, universal. Relative ids below 1000 are Microsoft's own."""

    dn: str
    name: str
    rid: int
    members: tuple[str, ...]
    scope: str = "global"
    description: str = ""
    builtin: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """``kind``: user or computer. ``groups`` are DNs of direct groups, without the primary one."""

    dn: str
    name: str
    cn: str
    kind: str
    rid: int
    enabled: bool
    groups: tuple[str, ...]
    primary_group: int
    created_at: datetime
    password_set_at: datetime | None
    last_logon_at: datetime | None
    password_never_expires: bool = False
    admin_count: bool = False
    spns: tuple[str, ...] = ()
    mail: str = ""
    unified_messaging: bool = False
    description: str = ""
    given_name: str = ""
    surname: str = ""
    department: str = ""
    password: str = ""
    operating_system: str = ""
    operating_system_version: str = ""
    dns_name: str = ""
    user_account_control: int = 512


@dataclass(frozen=True, slots=True)
class DomainController:
    name: str
    dns_name: str
    site: str
    address: str
    global_catalog: bool
    read_only: bool
    dn: str


@dataclass(frozen=True, slots=True)
class DhcpServer:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class DnsZone:
    name: str
    servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """An Active Directory domain. Levels are the numbers of the rootDSE (7 is 2016).

    ``bind_name`` is an ordinary account that may read; ``admin_name`` one that also sees the password settings container.
    """

    name: str
    hostname: str
    platform: str
    site: str
    location: str
    ldap: Place
    ldaps: Place
    address: str
    domain: str
    netbios: str
    base_dn: str
    domain_sid: str
    domain_level: int
    forest_level: int
    created_at: datetime
    bind_name: str
    bind_password: str
    admin_name: str
    admin_password: str
    policy: PasswordPolicy
    fine_grained: tuple[PasswordPolicy, ...]
    users: tuple[Account, ...]
    computers: tuple[Account, ...]
    groups: tuple[Group, ...]
    controllers: tuple[DomainController, ...]
    dhcp_servers: tuple[DhcpServer, ...]
    dns_zones: tuple[DnsZone, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    down: bool = False


@dataclass(frozen=True, slots=True)
class Logins:
    """The accounts that the lab's devices know for whoever reads them."""

    username: str
    password: str
    enable: str
    community: str
    v3_user: str
    v3_auth: str
    v3_auth_key: str
    v3_priv: str
    v3_priv_key: str
