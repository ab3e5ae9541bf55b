# SPDX-License-Identifier: Apache-2.0
"""The registry's stand-in behind a gateway, and the published contract."""
import contextlib
import importlib.util
import json
import os
import pathlib
import re
import shutil
import tempfile

import rig

SOURCE = pathlib.Path(os.environ["CCCD_SOURCE_DIR"])
# Who asks, as the registry wants to know it.
PROCEDURE = "1.000001"
# The card that the registry agrees with in every field.
CARD = {"id_number": "001199000001", "full_name": "Nguyễn Thị Mẫu",
        "date_of_birth": "1999-01-01", "sex": "female"}


def load(name, path):
    """A module of another folder, whose own name is taken here."""
    found = importlib.util.spec_from_file_location(name, SOURCE / path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def available():
    return shutil.which("openssl") is not None


def start(*arguments, **options):
    """A running stand-in with few citizens, in SQLite."""
    registry = load("registry_rig", "tests/registry/rig.py")
    return registry.Rig("--sqlite", "--count", "40", *arguments, **options)


def secret_file(folder, name, text):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


@contextlib.contextmanager
def scratch_file(text):
    """A path, good for this block."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        yield file.name


def way(registry, end_point):
    """What every kind over HTTP is told."""
    paths = registry.certificates
    return (f"url = {registry.about['end_points'][end_point]}\n"
            f"ca = {paths['ca']}\ncertificate = {paths['client']}\n"
            f"key = {paths['client_key']}\nagency = H01.01\n"
            "connect_time = 30 s\nrequest_time = 30 s\n")


def soap(registry, folder, more=""):
    """A section of the configuration."""
    known = registry.accounts
    key = secret_file(folder, "api-key", known["api_key"])
    secret = secret_file(folder, "secret", known["secret"])
    return (f"[connector registry]\nkind = soap\n{way(registry, 'soap')}"
            f"client = {known['x_road_client']}\napi_key_file = {key}\n"
            f"user = {known['user']}\nsecret_file = {secret}\n{more}\n")


def lgsp(registry, folder, more=""):
    ends, known = registry.about["end_points"], registry.accounts["lgsp"]
    secret = secret_file(folder, "secret-key", known["SecretKey"])
    return (f"[connector registry]\nkind = lgsp_json\n"
            f"{way(registry, 'lgsp')}token_url = {ends['lgsp_token']}\n"
            f"token_auth = lgsp\naccess_key = {known['AccessKey']}\n"
            f"secret_key_file = {secret}\napp_name = {known['AppName']}\n"
            f"partner_code = {known['PartnerCode']}\n"
            f"partner_code_cus = {known['PartnerCodeCus']}\n{more}\n")


def rest(registry, folder, more=""):
    known = registry.accounts
    secret = secret_file(folder, "client-secret", known["client_secret"])
    return (f"[connector registry]\nkind = rest_oauth2\n"
            f"{way(registry, 'rest')}"
            f"token_url = {registry.about['end_points']['rest_token']}\n"
            f"client_id = {known['client_id']}\n"
            f"client_secret_file = {secret}\n{more}\n")


class House(rig.House):
    """With a stand-in for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.registry = start()
        cls.addClassCleanup(cls.registry.close)

    def setUp(self):
        super().setUp()
        self.registry.reset()

    def requests(self):
        return self.registry.counters()["requests"]


def make_contract():
    """Judges answers by docs/api; None where nobody can."""
    try:
        contract = load("contract", "tests/e2e/daemon/contract.py")
    except ImportError:
        return None

    class Contract(contract.Contract):
        def __init__(self):
            super().__init__()
            self.openapi = contract.load("gateway-openapi.json")
            self.store["file:///openapi.json"] = self.openapi

        def answer(self, method, path, status, content_type, body):
            super().answer(method, path, status, content_type, body)
            operation = self.operation(method, path)[1]
            if status < 400 or not body or operation is None:
                return
            code = json.loads(body)["code"]
            told = operation["responses"][str(status)]["description"]
            assert code in re.findall(r"`(\w+)`", told), (path, status, code)

    return Contract()
