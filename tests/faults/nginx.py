"""nginx with the configuration that is shipped, in front of two web servers on loopback."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests
import trustme

from minimaluser.testing.processes import ROOT, START_SECONDS, Process, free_port, until
from tests.faults.stage import Stage
from tests.faults.visitor import HOST

CONFIG = ROOT / "deploy" / "nginx.conf"


class Front:
    """nginx in front of web servers.

    Attributes:
        host: the name of the site.
        authority: the same with the port, if that is not the usual one.
    """

    def __init__(self, folder: Path, webs: Sequence[int], host: str) -> None:
        self.folder, self.host, self.authority = folder, host, host
        self.folder.mkdir()
        self.webs = [webs[0], webs[-1]]
        self.https, self.http, self.status = free_port(), free_port(), free_port()

    def run(self) -> Process:
        """Fill in the blanks and change ports and paths, as the head of the file says; start it.

        Raises:
            FileNotFoundError: nginx is not installed.
        """
        issuer = trustme.CA()
        certificate = issuer.issue_cert(self.host)
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(self.folder / "site.crt"), append=True)
        certificate.private_key_pem.write_to_path(str(self.folder / "site.key"))
        issuer.cert_pem.write_to_path(str(self.folder / "authority.pem"))
        shutil.copytree(ROOT / "static" / "build", self.folder / "static")  # readable by nginx
        file = self.folder / "nginx.conf"
        file.write_text(self._filled(CONFIG.read_text(encoding="utf-8")), "utf-8")
        command = ["nginx", "-c", file, "-g", "daemon off;"]
        process = Process(command, {}, self.folder / "log")
        ready = until(lambda: self._answers() or not process.is_alive, START_SECONDS)
        assert ready, process.said()
        assert process.is_alive, process.said()
        return process

    def _filled(self, text: str) -> str:
        blanks = {
            "${SITE_HOST}": self.host,
            "${SITE_AUTHORITY}": self.authority,
            "${WEB_1}": f"127.0.0.1:{self.webs[0]}",
            "${WEB_2}": f"127.0.0.1:{self.webs[1]}",
            "listen 8080": f"listen 127.0.0.1:{self.http}",
            "listen 8443": f"listen 127.0.0.1:{self.https}",
            "listen [::]:8080": f"listen [::1]:{self.http}",
            "listen [::]:8443": f"listen [::1]:{self.https}",
            "127.0.0.1:8081": f"127.0.0.1:{self.status}",
            "/certs/": f"{self.folder}/",
            "root /srv/site;": f"root {self.folder};",
            "include /srv/site/": f"include {self.folder}/",
            "/srv/pages": f"{ROOT}/deploy/pages",
            "/srv/acme": f"{self.folder}",
            "/tmp/": f"{self.folder}/",
        }
        assert not [blank for blank in blanks if blank not in text]
        return re.sub("|".join(map(re.escape, blanks)), lambda found: blanks[found[0]], text)

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.status}/healthz", timeout=2).ok
        except requests.RequestException:
            return False


class Nginx(Front):
    """The same on a stage, whose visitors come through it."""

    def __init__(self, stage: Stage, one: int, two: int) -> None:
        super().__init__(stage.folder / "nginx", (one, two), HOST)
        self.stage = stage

    def start(self) -> None:
        """Run it until the stage ends."""
        try:
            self.stage.processes.append(self.run())
        except FileNotFoundError:
            pytest.skip("nginx is not installed (apt-get install nginx-light)")
        self.stage.base = f"https://127.0.0.1:{self.https}"
        self.stage.authority = str(self.folder / "authority.pem")
