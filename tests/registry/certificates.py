# SPDX-License-Identifier: Apache-2.0
"""The keys and certificates of one run, made with openssl.

An authority of the run signs the server, its expired twin and the client;
the stranger comes from another authority.
"""

import subprocess

CONFIG = """[ca]
default_ca = run
[run]
dir = {folder}
database = $dir/{ca}.index
serial = $dir/{ca}.serial
new_certs_dir = $dir
certificate = $dir/{ca}.pem
private_key = $dir/{ca}.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
"""

# Name, authority, kind, first and last day.
LEAVES = (
    ("server", "ca", "server", None),
    ("server-expired", "ca", "server",
     ("20240101000000Z", "20240201000000Z")),
    ("client", "ca", "client", None),
    ("client-expired", "ca", "client",
     ("20240101000000Z", "20240201000000Z")),
    ("stranger", "other-ca", "client", None),
)


class Failure(Exception):
    """openssl refused."""


def openssl(*arguments):
    done = subprocess.run(
        ["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(f"openssl {arguments[0]}: "
                      + done.stderr.decode(errors="replace"))


def write_config(folder, name, authority):
    path = folder / f"{name}.cnf"
    path.write_text(CONFIG.format(folder=folder, ca=authority, name=name))
    return path


def make_authority(folder, name):
    config = write_config(folder, name, name)
    (folder / f"{name}.index").write_text("")
    (folder / f"{name}.serial").write_text("1000\n")
    openssl("req", "-config", config, "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-extensions", "authority", "-keyout", folder / f"{name}.key",
            "-out", folder / f"{name}.pem")


def make_leaf(folder, name, authority, kind, days):
    config = write_config(folder, name, authority)
    request = folder / f"{name}.csr"
    openssl("req", "-config", config, "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            folder / f"{name}.key", "-out", request)
    validity = ("-days", "30")
    if days:
        validity = ("-startdate", days[0], "-enddate", days[1])
    openssl("ca", "-config", config, "-batch", "-notext", *validity,
            "-extensions", kind, "-in", request,
            "-out", folder / f"{name}.pem")


def make(folder):
    """Fills the folder; returns the paths that callers need, by name."""
    for name in ("ca", "other-ca"):
        make_authority(folder, name)
    for leaf in LEAVES:
        make_leaf(folder, *leaf)
    paths = {"ca": str(folder / "ca.pem")}
    for name, *_ in LEAVES:
        key = name.replace("-", "_")
        paths[key] = str(folder / f"{name}.pem")
        paths[f"{key}_key"] = str(folder / f"{name}.key")
    return paths
