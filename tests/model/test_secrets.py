"""No secret of a command line is written down: neither in its shape nor in its redacted full text."""

from __future__ import annotations

import pytest

from codesentinel.model.argv import argv_shape
from codesentinel.model.secrets import REDACTED, redacted, redacted_text

S = "hunter2Xy9"  # the secret of every case
LEAKY = [
    ["mysql", "-u", "root", f"-p{S}", "shop"],
    ["mysqldump", f"--password={S}"],
    ["mysqldump", "--password", S],
    ["/usr/bin/mariadb", f"-p{S}"],
    ["redis-cli", "-a", S, "ping"],
    ["redis-cli", f"-a{S}"],
    ["redis-cli", "--pass", S],
    ["redis-cli", "auth", S],
    ["sshpass", "-p", S, "ssh", "host"],
    ["sshpass", f"-p{S}", "ssh", "host"],
    ["docker", "login", "-u", "me", "-p", S],
    ["docker", "login", f"--password={S}"],
    ["docker", "run", "-e", f"DB_PASSWORD={S}", "image"],
    ["docker", "run", "-e", f"PGPASSWORD={S}", "image"],
    ["podman", "login", "-p", S],
    ["helm", "install", "--set", f"db.password={S}"],
    ["helm", "install", "--set", f"user=me,auth.password={S}"],
    ["openssl", "pkcs12", "-passin", f"pass:{S}"],
    ["openssl", "enc", "-k", S],
    ["openssl", "rsa", "-passout", f"pass:{S}"],
    ["curl", "-u", f"me:{S}", "host"],
    ["curl", f"-ume:{S}", "host"],
    ["curl", "--user", f"me:{S}", "host"],
    ["curl", "--proxy-user", f"me:{S}", "host"],
    ["curl", "--proxy-password", S],
    ["curl", "-H", f"Authorization: Bearer {S}"],
    ["curl", "-H", f"authorization: basic {S}"],
    ["curl", "-H", f"X-Api-Key: {S}"],
    ["curl", "-H", f"PRIVATE-TOKEN: {S}"],
    ["curl", "-b", f"sessiontoken={S}"],
    ["curl", "--oauth2-bearer", S],
    ["curl", f"https://me:{S}@host/path"],
    ["curl", f"https://{S}@host/path"],
    ["curl", f"https://host/path?user=me&token={S}&x=1"],
    ["curl", f"https://host/?api_key={S}"],
    ["curl", f"https://host/?X-Amz-Signature={S}"],
    ["curl", f"https://hooks.slack.com/services/T000/B000/{S}"],
    ["curl", "-d", f'{{"user": "me", "password": "{S}"}}'],
    ["wget", f"--http-password={S}"],
    ["git", "clone", f"https://x-access-token:{S}@host/repo.git"],
    ["psql", f"postgresql://me:{S}@db/shop"],
    ["psql", f"host=db password={S} user=me"],
    ["psql", "-c", f"ALTER USER me IDENTIFIED BY '{S}'"],
    ["mongosh", "-p", S],
    ["mongosh", f"mongodb+srv://me:{S}@cluster/db"],
    ["ldapsearch", "-w", S],
    ["smbclient", "//host/share", "-U", f"me%{S}"],
    ["sqlcmd", "-P", S],
    ["zip", "-P", S, "a.zip", "a"],
    ["7z", "x", f"-p{S}", "a.7z"],
    ["ipmitool", "-P", S],
    ["snmpwalk", "-v3", "-A", S],
    ["xfreerdp", f"/p:{S}", "/u:me"],
    ["keytool", "-storepass", S],
    ["java", f"-Dspring.datasource.password={S}", "-jar", "app.jar"],
    ["java", f"-Djavax.net.ssl.keyStorePassword={S}"],
    ["app", f"--api-key={S}"],
    ["app", "--apiKey", S],
    ["app", "--client-secret", S],
    ["app", f"--auth-token={S}"],
    ["app", "--token", S],
    ["app", "-password", S],
    ["app", "-token", S],
    ["app", f"--db-passwd={S}"],
    ["app", f"AWS_SECRET_ACCESS_KEY={S}"],
    ["env", f"API_TOKEN={S}", "app"],
    ["vault", "login", S],
    ["az", "login", "-u", "me", "-p", S],
    ["aws", "configure", "set", "aws_secret_access_key", S],
    ["htpasswd", "-b", "file", "me", S],
    ["gpg", "--batch", "--passphrase", S],
    ["kubectl", "create", "secret", "generic", "x", f"--from-literal=password={S}"],
    ["bash", "-c", f"mysql --password={S} -e 'select 1'"],
    ["bash", "-c", f"export TOKEN={S}; run"],
    ["plink", "-pw", S, "host"],
    ["app", f"AccountName=a;AccountKey={S};Suffix=b"],
]  # fmt: skip
TOKENS = [
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "glpat-abcdefghij0123456789",
    "xoxb-1234567890-abcdefghij",
    "sk_live_abcdefgh12345678",
    "AIzaSyA-1234567890abcdefghijklmnopqrstu",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF123",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END",
]


@pytest.mark.parametrize("argv", LEAKY, ids=" ".join)
def test_a_secret_in_an_argument_is_taken_out(argv):
    assert S in " ".join(argv)
    assert S not in " ".join(redacted(argv))
    assert REDACTED in " ".join(redacted(argv))


@pytest.mark.parametrize("argv", LEAKY, ids=" ".join)
def test_the_shape_holds_no_value_at_all(argv):
    assert S not in argv_shape(argv)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("before", ["", "key ", "a,"])
def test_a_known_kind_of_token_is_taken_out_wherever_it_stands(token, before):
    assert token[-12:] not in redacted_text(before + token)
    assert token[-12:] not in argv_shape(["app", before + token])


@pytest.mark.parametrize(
    "argv",
    [
        ["python3", "-m", "http.server", "8000", "--bind", "127.0.0.1"],
        ["ssh", "-p", "2222", "host"],
        ["docker", "run", "-d", "--name", "shop", "image:1.2"],
        ["app", "--token-file", "/run/secrets/token", "--password-file=/run/p"],
        ["mysql", "-u", "root", "-h", "db"],
        ["git", "log", "--author", "me", "0c2ab1f2f0fbb0f5b8e1d4a1f5e7f9c2aa7c1c11"],
        ["nginx: master process /usr/sbin/nginx"],
        ["curl", "https://host/path?page=2", "-o", "file"],
    ],
    ids=" ".join,
)
def test_an_ordinary_command_line_is_left_as_it_is(argv):
    assert redacted(argv) == argv


@pytest.mark.parametrize(
    ("argv", "shape"),
    [
        (["mysql", "-u", "root", "-phunter2", "--host=db"], "mysql -u <4> -p<7> --host=<2>"),
        (["/usr/bin/python3", "/srv/app/serve.py", "--port", "80"], "python3 serve.py --port <2>"),
        (["python3", "-m", "http.server", "80"], "python3 -m http.server <2>"),
        (["python3", "-c", "import x; x.login('a')", "run.py"], "python3 -c <22> <6>"),
        (["java", "-Xmx512m", "-jar", "/srv/app.jar"], "java -X<6> -jar app.jar"),
        (["nginx: master process /usr/sbin/nginx", "", ""], "nginx <30>"),
        (["-bash"], "-bash"),
        (["\x1b]0;owned\x07"], "<10>"),
        (["[kworker/0:0]"], "<13>"),
        ([], ""),
        (["", "x"], ""),
        (["app", "--", "secret"], "app -- <6>"),
        (["app", "--bad name"], "app <10>"),
    ],
)
def test_shapes(argv, shape):
    assert argv_shape(argv) == shape


def test_a_shape_is_never_long():
    shape = argv_shape(["app", *["word"] * 100_000])
    assert len(shape) < 500
    assert shape.endswith(" more)")
