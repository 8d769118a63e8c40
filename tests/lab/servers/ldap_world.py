"""The directory as its clients meet it: the tree, the logins and the accounts that too many wrong passwords have locked."""

from __future__ import annotations

import time
from functools import cached_property

from tests.lab.model import Account, Directory
from tests.lab.servers.ldap_domain import build_tree, root_dse
from tests.lab.servers.ldap_syntax import normal_dn
from tests.lab.servers.ldap_tree import Entry, Tree

NO_MATCH, DISABLED, LOCKED = "52e", "533", "775"


class World:
    """One state of the directory. ``plain_binds`` lets passwords pass without TLS."""

    plain_binds = False

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.name = directory.name
        self.fault = directory.faults.get("ldap", "")
        self.down = directory.down
        self._wrong: dict[str, list[float]] = {}

    @cached_property
    def tree(self) -> Tree:
        return build_tree(self.directory)

    @cached_property
    def _accounts(self) -> dict[str, Account]:
        """Accounts by each name that a login may use."""
        found: dict[str, Account] = {}
        for account in (*self.directory.users, *self.directory.computers):
            short = account.name.lower()
            found[f"{short}@{self.directory.domain.lower()}"] = account
            found[f"{self.directory.netbios.lower()}\\{short}"] = account
            found[normal_dn(account.dn)] = account
        return found

    def root(self) -> Entry:
        return root_dse(self.directory)

    def login(self, name: str, password: str) -> tuple[Account | None, str]:
        """The account, or nobody and the directory's code of the reason. Wrong passwords lock as the policy says."""
        account = self._accounts.get(normal_dn(name) if "=" in name else name.lower())
        if account is None:
            return None, NO_MATCH
        policy = self.directory.policy
        wrong = self._wrong.setdefault(account.name, [])
        window = policy.lockout_duration_s or float("inf")
        if policy.lockout_threshold and len(wrong) >= policy.lockout_threshold:
            if time.monotonic() - wrong[-1] < window:
                return None, LOCKED
            wrong.clear()
        if not account.password or account.password != password:
            wrong.append(time.monotonic())
            return None, NO_MATCH
        if not account.enabled:
            return None, DISABLED
        wrong.clear()
        return account, ""
