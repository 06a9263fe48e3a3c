"""The vendor's own Python library as a client of a served simulator.

It creates, reads, lists with filters, changes, rekeys, restores and deletes on
every resource that the release of the library has, and wants the refusals that
are documented. It exits 0 only if all of it went as the library expects.
"""
import os
import sys

from netapp_ontap import HostConnection, config
from netapp_ontap.error import NetAppRestError
from netapp_ontap import resources

HOST, PORT = sys.argv[1], sys.argv[2]
PASSPHRASE, OTHER = "a" * 40, "b" * 40
NEW = hasattr(resources, "AwsKms")  # the library of 9.8 knows neither that nor the proxy of a vault
done = []


class Here(HostConnection):
    """A connection to a port of our own: old releases of the library know 443 only."""

    origin = property(lambda self: f"https://{HOST}:{PORT}")


def expect(what, condition):
    if not condition:
        sys.exit("the client did not get what it expects: " + what)
    done.append(what)


def refused(what, code, call):
    try:
        call()
    except NetAppRestError as error:
        got = str(error.http_err_response.http_response.json()["error"]["code"])
        expect(f"{what}: {code}, not {got}", got in code.split("|"))
        return
    sys.exit(f"{what}: it was not refused")


def keystore(kind, svm, properties, change, new_key):
    """The life of one configuration of an SVM."""
    one = kind.from_dict({"svm": {"name": svm}, **properties})
    one.post(hydrate=True)
    expect(kind.__name__ + " is created", one.uuid)
    refused("a second " + kind.__name__, "65537500|65537910", lambda: kind.from_dict({"svm": {"name": svm}, **properties}).post())
    found = list(kind.get_collection(**{"svm.name": svm}))
    expect("it is listed by its SVM", [r.uuid for r in found] == [one.uuid])
    expect("nothing else is listed", list(kind.get_collection(**{"svm.name": "svm-of-nobody"})) == [])
    same = kind(uuid=one.uuid)
    same.get(fields="**")
    expect("it is read", same.svm.name == svm)
    for name, value in change.items():
        setattr(same, name, value)
    same.patch()
    same.get()
    shown = same.to_dict()
    for name, value in change.items():
        expect(f"{name} is changed", shown.get(name, value) == value)  # a secret is not shown
    same.restore(poll=True, poll_interval=1)
    expect("its keys are restored", True)
    if NEW:
        same.rekey_internal(poll=True, poll_interval=1)
        expect("its internal key is rekeyed", True)
        same.rekey_external(poll=True, poll_interval=1, body={"key_id": new_key})
        same.get()
        expect("its external key is rekeyed", same.key_id == new_key)
    same.delete()
    refused("what is gone", "4|65537120|65537511|65537926", lambda: kind(uuid=one.uuid).get())


def onboard():
    """The life of the onboard key manager."""
    kind = resources.SecurityKeyManager
    one = kind.from_dict({"onboard": {"passphrase": PASSPHRASE}})
    one.post(hydrate=True)
    same = kind(uuid=one.uuid)
    same.get()
    expect("the onboard key manager is enabled", same.onboard.enabled)
    same.onboard = {"existing_passphrase": OTHER, "passphrase": PASSPHRASE}
    refused("a wrong passphrase", "65536139", same.patch)
    same = kind(uuid=one.uuid)
    same.onboard = {"existing_passphrase": PASSPHRASE, "passphrase": OTHER}
    same.patch()
    expect("the passphrase is changed", True)
    same.delete()
    expect("nothing is left", list(kind.get_collection()) == [])


def external(svm):
    """The life of an external key manager, its certificates and its key servers."""
    with open(os.path.join(os.path.dirname(__file__), "..", "fixtures", "resource", "certificate.pem")) as file:
        public, end, private = file.read().partition("-----END CERTIFICATE-----\n")
    public += end
    client = resources.SecurityCertificate.from_dict({"svm": {"name": svm}, "type": "client", "public_certificate": public, "private_key": private})
    client.post(hydrate=True)
    ca = resources.SecurityCertificate.from_dict({"svm": {"name": svm}, "type": "server_ca", "public_certificate": public})
    ca.post(hydrate=True)
    expect("the certificates are listed", {c.type for c in resources.SecurityCertificate.get_collection(**{"svm.name": svm}, fields="type")} == {"client", "server_ca"})
    body = {"svm": {"name": svm}, "external": {"client_certificate": {"uuid": client.uuid}, "server_ca_certificates": [{"uuid": ca.uuid}], "servers": [{"server": "one.example.test"}]}}
    one = resources.SecurityKeyManager.from_dict(body)
    one.post(hydrate=True)
    refused("a second key manager", "65536823", lambda: resources.SecurityKeyManager.from_dict(body).post())
    refused("a certificate in use", "3735683", client.delete)
    two = resources.KeyServer(one.uuid, server="two.example.test:5697")
    two.post(hydrate=True)
    listed = [s.server for s in resources.KeyServer.get_collection(one.uuid)]
    expect(f"both key servers are listed, not {listed}", listed == ["one.example.test:5696", "two.example.test:5697"])
    two = resources.KeyServer(one.uuid, server="two.example.test:5697")
    two.timeout = 45
    two.patch()
    two.get()
    expect("the timeout is changed", two.timeout == 45)
    two.delete()
    refused("a key server that is gone", "65536843|4", lambda: resources.KeyServer(one.uuid, server="two.example.test:5697").get())
    for each in (one, client, ca):
        each.delete()
    expect("no certificate is left", list(resources.SecurityCertificate.get_collection(**{"svm.name": svm})) == [])


def main():
    config.CONNECTION = Here(HOST, username="admin", password=os.environ["ONTAP_CONFORMANCE_PASSWORD"], verify=True)
    config.RAISE_API_ERRORS = True
    host = "https://kv.example.test/"
    keystore(resources.AzureKeyVault, "svm1",
             {"client_id": "c", "tenant_id": "t", "name": host, "key_id": host + "keys/k/1", "client_secret": "a secret of the client"},
             {"client_secret": "another secret of it", **({"proxy_host": "proxy.example.test"} if NEW else {})}, host + "keys/k/2")
    if NEW:
        keystore(resources.AwsKms, "svm2",
                 {"region": "us-east-1", "key_id": "k1", "access_key_id": "a", "secret_access_key": "a secret of the key"},
                 {"region": "us-west-2", "port": 8443}, "k2")
    external("svm3")
    onboard()
    print(len(done), "expectations kept")


main()
