"""Taking secrets out of command lines that were asked for in full.

Patterns never find all: this is the second fence, behind recording only the shape
(:mod:`codesentinel.model.argv`).
"""

# ruff: noqa: E501 - tables of patterns are read in columns
from __future__ import annotations

import re

REDACTED = "[redacted]"

_WORDS = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|auth(?:orization)?"
    r"|credentials?|bearer|cookie|jwt|sig(?:nature)?|webhook|encryption[-_.]?key|account[-_.]?key|license[-_.]?key"
)
_SECRET_NAME = re.compile(
    rf"(?:^|[-_./:]|(?-i:(?<=[a-z])(?=[A-Z])))(?:{_WORDS})(?:$|[-_.:\d]|(?-i:(?=[A-Z])))", re.IGNORECASE
)
_COMPACT_NAME = re.compile(r"passw|passphrase|secret|token|apikey|credential|pgpass|mypwd", re.IGNORECASE)
_HARMLESS_NAME = re.compile(
    r"(?:file|path|dir|ttl|expiry|length|type|mode|header|name|id|url|timeout)$", re.IGNORECASE
)
_NAME_VALUE = re.compile(r"(-{0,2}/?[A-Za-z][\w./:-]*)([=])(.*)", re.DOTALL)

_SHORT: dict[str, str] = {  # program to the short options whose value is a secret
    "mysql": "p", "mysqldump": "p", "mysqladmin": "p", "mysqlimport": "p", "mysqlshow": "p", "mysqlcheck": "p",
    "mysqlslap": "p", "mysqlsh": "p", "mariadb": "p", "mariadb-dump": "p", "mariadb-admin": "p",
    "redis-cli": "a", "valkey-cli": "a", "keydb-cli": "a", "sshpass": "p",
    "docker": "p", "podman": "p", "buildah": "p", "skopeo": "p", "helm": "p", "crane": "p", "oras": "p",
    "curl": "uUb", "wget": "", "mongo": "p", "mongosh": "p", "mongodump": "p", "mongorestore": "p",
    "ldapsearch": "w", "ldapmodify": "w", "ldapadd": "w", "ldapwhoami": "w", "smbclient": "U", "sqlcmd": "P",
    "bcp": "P", "zip": "P", "unzip": "P", "7z": "p", "7za": "p", "7zz": "p", "rar": "p", "unrar": "p",
    "ipmitool": "P", "snmpwalk": "cAX", "snmpget": "cAX", "xfreerdp": "p", "rdesktop": "p", "lftp": "u",
    "influx": "p", "az": "p", "oc": "p", "rabbitmqadmin": "p", "cqlsh": "p", "ansible-vault": "", "mosquitto_pub": "P",
    "mosquitto_sub": "P", "vncviewer": "", "plink": "w", "pscp": "w", "kinit": "", "openssl": "kK",
}  # fmt: skip
_ATTACHED_ONLY = frozenset("mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlslap mysqlsh mariadb "
                           "mariadb-dump mariadb-admin 7z 7za 7zz rar unrar".split())  # fmt: skip
_FULL_WORDS: dict[str, tuple[str, ...]] = {  # single-dash words, and bare words, whose next argument is a secret
    "openssl": ("-passin", "-passout", "-pass", "-passwd", "-password", "-srppass", "-psk"),
    "keytool": ("-storepass", "-keypass", "-srcstorepass", "-deststorepass"),
    "jarsigner": ("-storepass", "-keypass"),
    "curl": ("--user", "--proxy-user"), "plink": ("-pw",), "pscp": ("-pw",), "redis-cli": ("auth", "AUTH"), "valkey-cli": ("auth", "AUTH"),
    "vault": ("login",), "expect": ("send",), "chpasswd": ("-c",),
    "aws": ("aws_secret_access_key", "aws_session_token"),
}  # fmt: skip
_POSITIONAL: dict[tuple[str, str], int] = {("htpasswd", "b"): 3}  # program and flag to the secret's place

_IN_TEXT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*", REDACTED),
        (r"\b([a-z][a-z0-9+.-]*://)[^\s/@]+@", rf"\1{REDACTED}@"),
        (r"(hooks\.slack\.com/(?:services|workflows)/)\S+", rf"\1{REDACTED}"),
        (r"(discord(?:app)?\.com/api/webhooks/)\S+", rf"\1{REDACTED}"),
        (rf"([?&;](?:[\w-]*[-_.])?(?:{_WORDS}|key)=)[^&\s\"']+", rf"\1{REDACTED}"),
        (r"((?:authorization|cookie|set-cookie|x-[\w-]*(?:key|token|auth|secret)[\w-]*|private-token)\s*:\s*).+",
         rf"\1{REDACTED}"),
        (r"\b((?:bearer|basic|token|negotiate)\s+)[\w.~+/=-]{6,}", rf"\1{REDACTED}"),
        (rf"((?:[\"']?)\b[\w-]*(?:{_WORDS})[\"']?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&\"'}}]+)", rf"\1{REDACTED}"),
        (r"(identified\s+by\s+)(\"[^\"]*\"|'[^']*'|\S+)", rf"\1{REDACTED}"),
    )
)  # fmt: skip
_TOKENS = re.compile(
    r"\b(?:(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}"
    r"|xox[abeoprs]-[\w-]{8,}|[rsp]k_(?:live|test)_\w{8,}|sk-[\w-]{16,}|AIza[\w-]{20,}|ya29\.[\w-]+|npm_\w{16,}"
    r"|pypi-[\w-]{16,}|hv[sb]\.[\w-]{16,}|dop_v1_\w{16,}|SG\.[\w-]{8,}\.[\w-]{8,}"
    r"|eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?)"
)
_LONG_RANDOM = re.compile(r"(?<![\w/+-])(?=[A-Za-z0-9/+_-]*[a-z])(?=[A-Za-z0-9/+_-]*[A-Z])(?=[A-Za-z0-9/+_-]*\d)"
                          r"[A-Za-z0-9+_-][A-Za-z0-9/+_-]{30,}={0,2}(?![\w/+-])")  # fmt: skip


def redacted(argv: list[str]) -> list[str]:
    """The command line with everything that is known to be a secret, or looks like one, replaced."""
    program = argv[0].split(" ", 1)[0].rsplit("/", 1)[-1] if argv else ""
    words, result, hide = _FULL_WORDS.get(program, ()), [], False
    places = _places(program, argv)
    for index, word in enumerate(argv):
        if (hide and word != "--") or index in places:
            result.append(REDACTED if word else "")
            hide = False
            continue
        shown, hide = _word(program, word) if index else (word, False)
        hide = hide or word in words
        result.append(redacted_text(shown))
    return result


def redacted_text(text: str) -> str:
    """Free text with credentials in URLs, headers, assignments, and known kinds of tokens replaced."""
    for pattern, replacement in _IN_TEXT:
        text = pattern.sub(replacement, text)
    return _LONG_RANDOM.sub(REDACTED, _TOKENS.sub(REDACTED, text))


def _word(program: str, word: str) -> tuple[str, bool]:
    """One argument as it is shown, and whether the next one is its secret value."""
    if assigned := _NAME_VALUE.fullmatch(word):
        name, sign, value = assigned.groups()
        return (f"{name}{sign}{REDACTED}", False) if value and _is_secret(name) else (word, False)
    if word.startswith("--"):
        return word, _is_secret(word[2:])
    if len(word) > 1 and word[0] == "-":
        letters = _SHORT.get(program, "")
        if word[1] in letters:
            if len(word) > 2:
                return f"{word[:2]}{REDACTED}", False
            return word, program not in _ATTACHED_ONLY
        return word, len(word) > 2 and _is_secret(word[1:])
    if word[:1] == "/" and ":" in word:  # /p:secret, as programs from Windows have it
        name, _, _ = word[1:].partition(":")
        secret = name.lower() in ("p", "pth", "gp") or _is_secret(name)
        return (f"/{name}:{REDACTED}", False) if secret else (word, False)
    return word, False


def _is_secret(name: str) -> bool:
    if _HARMLESS_NAME.search(name):
        return False
    return bool(_SECRET_NAME.search(name) or _COMPACT_NAME.search(name))


def _places(program: str, argv: list[str]) -> set[int]:
    """Where a secret stands as a plain argument, for the programs that take one so."""
    for (known, flag), place in _POSITIONAL.items():
        flags = "".join(word[1:] for word in argv[1:] if word[:1] == "-" and word[1:2] != "-")
        if program == known and flag in flags:
            plain = [index for index, word in enumerate(argv) if index and word[:1] != "-"]
            return set(plain[place - 1 : place])
    return set()
