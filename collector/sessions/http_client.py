"""The HTTP client under a session: no proxies, no followed redirects, sockets that a deadline can close, names as configured."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from collector.sessions import tls
from collector.sessions.contract import Opening


def http_client(opening: Opening, sockets: list[socket.socket]) -> requests.Session:
    client = _Client()
    client.trust_env = False  # no proxy and no netrc that nobody named
    client.headers["Accept-Encoding"] = "identity"  # no bombs
    client.headers["User-Agent"] = "infra-evidence-collector"
    client.verify = (tls.ca_file(opening) or True) if tls.verifies(opening) else False
    adapter = _Adapter(sockets, str(opening.option("server_name") or ""), tls.context(opening))
    client.mount("https://", adapter)
    client.mount("http://", adapter)
    return client


class _Client(requests.Session):
    """Leaves redirects alone: the session looks at them itself, and reads no more of them than of any reply."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _Adapter(HTTPAdapter):
    """Keeps hold of the sockets, so that a deadline can close them; checks the certificate's name as configured."""

    def __init__(self, sockets: list[socket.socket], name: str, context: ssl.SSLContext) -> None:
        self._sockets = sockets
        self._name = name
        self._context = context
        super().__init__(max_retries=0, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._name:
            kwargs |= {"server_hostname": self._name, "assert_hostname": self._name}
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        manager: PoolManager = self.poolmanager
        sockets = self._sockets

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets[:] = [self.sock]

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                sockets[:] = [made]
                return made

            def connect(self) -> None:
                super().connect()
                sockets[:] = [self.sock]

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
