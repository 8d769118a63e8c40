"""What the test's domain holds besides what a new one has: entries as LDIF, put into its database before it is started."""

from __future__ import annotations

BASE = "DC=lab,DC=example,DC=test"
CONFIG = f"CN=Configuration,{BASE}"
SCHEMA = f"CN=Schema,{CONFIG}"
SITE = f"CN=Default-First-Site-Name,CN=Sites,{CONFIG}"
KEYS = f"CN=Public Key Services,CN=Services,{CONFIG}"

#: 2019-03-04 05:06:07 UTC in both of the directory's notations.
OLD = "131961495670000000"
EXPIRES = "134418528000000000"

#: The attributes of managed local passwords (MS-ADA2 2.63 and 2.64), and computers may have them.
LAPS_SCHEMA = f"""dn: CN=ms-LAPS-PasswordExpirationTime,{SCHEMA}
changetype: add
objectClass: attributeSchema
lDAPDisplayName: msLAPS-PasswordExpirationTime
attributeID: 1.2.840.113556.1.6.44.1.1
attributeSyntax: 2.5.5.16
oMSyntax: 65
isSingleValued: TRUE
searchFlags: 0
schemaIDGUID: 0c6c1d1a-8a6a-4b5e-9d0e-5f0c6b1f2a01

dn: CN=ms-LAPS-Password,{SCHEMA}
changetype: add
objectClass: attributeSchema
lDAPDisplayName: msLAPS-Password
attributeID: 1.2.840.113556.1.6.44.1.2
attributeSyntax: 2.5.5.5
oMSyntax: 19
isSingleValued: TRUE
searchFlags: 904
schemaIDGUID: 0c6c1d1a-8a6a-4b5e-9d0e-5f0c6b1f2a02

dn:
changetype: modify
add: schemaUpdateNow
schemaUpdateNow: 1
"""
LAPS_CLASS = f"""dn: CN=Computer,{SCHEMA}
changetype: modify
add: mayContain
mayContain: msLAPS-PasswordExpirationTime
mayContain: msLAPS-Password

dn:
changetype: modify
add: schemaUpdateNow
schemaUpdateNow: 1
"""
#: Stands in the directory beside the time at which it ends; no reply may ever hold it.
LOCAL_PASSWORD = "Local-4711-Secret"


def _user(name: str, control: int = 512, **more: str) -> str:
    lines = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in more.items())
    return (
        f"dn: CN={name},CN=Users,{BASE}\nobjectClass: user\nsAMAccountName: {name}\n"
        f"userAccountControl: {control}\n{lines}\n"
    )


def _computer(name: str, control: int, system: str, version: str, *more: str) -> str:
    lines = "".join(f"{line}\n" for line in more)
    return (
        f"dn: CN={name},CN=Computers,{BASE}\nobjectClass: computer\nsAMAccountName: {name}$\nuserAccountControl: {control}\n"
        f"operatingSystem: {system}\noperatingSystemVersion: {version}\n{lines}\n"
    )


def _group(name: str, *members: str) -> str:
    lines = "".join(f"member: CN={member},CN=Users,{BASE}\n" for member in members)
    return f"dn: CN={name},CN=Users,{BASE}\nobjectClass: group\nsAMAccountName: {name}\n{lines}\n"


def _template(name: str, name_flag: int, enrollment: int, signatures: int) -> str:
    return (
        f"dn: CN={name},CN=Certificate Templates,{KEYS}\nobjectClass: pKICertificateTemplate\ndisplayName: {name} of the lab\n"
        f"msPKI-Template-Schema-Version: 2\nmsPKI-Certificate-Name-Flag: {name_flag}\nmsPKI-Enrollment-Flag: {enrollment}\n"
        f"msPKI-RA-Signature: {signatures}\nmsPKI-Minimal-Key-Size: 2048\npKIExtendedKeyUsage: 1.3.6.1.5.5.7.3.2\n"
        "pKIExpirationPeriod:: AEA5hy7h/v8=\n\n"  # minus 365 days
    )


ENTRIES = (
    _user("anna")
    + _user("berta")
    + _user("carl", 66048, lastLogonTimestamp=OLD)
    + _user("dora", 512 | 0x400000 | 0x20)
    + _user(
        "svc-pacs",
        512 | 0x1000000,
        servicePrincipalName="HTTP/pacs.lab.example.test",
        msDS_SupportedEncryptionTypes="4",
        msDS_AllowedToDelegateTo="cifs/files.lab.example.test",
    )
    + _user(
        "MSOL_7f3a91c2d4e5",
        description="Account created for the connector with installation identifier '7f3a91c2d4e5' running on computer "
        "'SRV-SYNC' configured to synchronize to tenant 'lab-hospital.example'.",
    )
    + _group("Helpdesk", "anna")
    + _group("Tier Zero", "Helpdesk")
    + _computer("SRV-OLD", 4096 | 0x80000, "Windows Server 2012 R2 Standard", "6.3 (9600)")
    + _computer(
        "SRV-NEW",
        4096,
        "Windows Server 2022 Standard",
        "10.0 (20348)",
        "msDS-SupportedEncryptionTypes: 28",
        f"msLAPS-PasswordExpirationTime: {EXPIRES}",
        f"msLAPS-Password: {LOCAL_PASSWORD}",
    )
    + f"""dn: CN=svc-lab,CN=Managed Service Accounts,{BASE}
objectClass: msDS-GroupManagedServiceAccount
sAMAccountName: svc-lab$
msDS-ManagedPasswordInterval: 30
userAccountControl: 4096

dn: CN=Clinicians,CN=Password Settings Container,CN=System,{BASE}
objectClass: msDS-PasswordSettings
msDS-PasswordSettingsPrecedence: 10
msDS-PasswordReversibleEncryptionEnabled: FALSE
msDS-PasswordHistoryLength: 12
msDS-PasswordComplexityEnabled: TRUE
msDS-MinimumPasswordLength: 16
msDS-MinimumPasswordAge: 0
msDS-MaximumPasswordAge: -77760000000000
msDS-LockoutThreshold: 8
msDS-LockoutObservationWindow: -9000000000
msDS-LockoutDuration: -9000000000
msDS-PSOAppliesTo: CN=Helpdesk,CN=Users,{BASE}

dn: CN=clinic.example.test,CN=System,{BASE}
objectClass: trustedDomain
trustPartner: clinic.example.test
flatName: CLINIC
securityIdentifier: S-1-5-21-1417282316-2891045573-3302118840
trustDirection: 3
trustType: 2
trustAttributes: 4
msDS-SupportedEncryptionTypes: 24

dn: CN=DC2,CN=Servers,{SITE}
objectClass: server
dNSHostName: dc2.lab.example.test

dn: CN=NTDS Settings,CN=DC2,CN=Servers,{SITE}
objectClass: nTDSDSA
options: 0

dn: CN=from-dc2,CN=NTDS Settings,CN=DC1,CN=Servers,{SITE}
objectClass: nTDSConnection
enabledConnection: TRUE
fromServer: CN=NTDS Settings,CN=DC2,CN=Servers,{SITE}
options: 1

dn: CN=dhcp1.lab.example.test,CN=NetServices,CN=Services,{CONFIG}
objectClass: dHCPClass
dhcpUniqueKey: 0
dhcpType: 1
dhcpFlags: 0
dhcpIdentification: dhcp1.lab.example.test
dhcpServers: i192.0.2.67$rcn=dhcp1.lab.example.test$f0x00000000$sdhcp1.lab.example.test$

dn: CN=Device Registration Configuration,CN=Services,{CONFIG}
objectClass: container

dn: CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services,{CONFIG}
objectClass: serviceConnectionPoint
keywords: azureADName:lab-hospital.example
keywords: azureADId:5f0c6b1f-8a6a-4b5e-9d0e-0c6c1d1a2a01

"""
    + _template("WardLogin", 1, 0, 0)
    + _template("Signed", 0, 2, 1)
    + f"""dn: CN=Lab CA,CN=Enrollment Services,{KEYS}
objectClass: pKIEnrollmentService
dNSHostName: ca.lab.example.test
certificateTemplates: WardLogin
"""
)

#: Nesting into an administrators' group; and a primary group, in place of a membership that could be seen.
MEMBERSHIPS = f"""dn: CN=Domain Admins,CN=Users,{BASE}
changetype: modify
add: member
member: CN=Tier Zero,CN=Users,{BASE}
member: CN=berta,CN=Users,{BASE}

dn: CN=berta,CN=Users,{BASE}
changetype: modify
replace: primaryGroupID
primaryGroupID: 512
"""
