"""What boto3 raises, as our own errors. Nothing of a credential stands in any of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from codesentinel.model.errors import (
    BadAnswer,
    CodesentinelError,
    ConfigurationError,
    NotInstalled,
    Unauthorized,
    Unreachable,
)
from codesentinel.model.secrets import redacted_text

if TYPE_CHECKING:
    from collections.abc import Iterator

THROTTLES = frozenset(
    (
        "LimitExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    )
)
_EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"))
_DENIED = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "OptInRequired"))
_UNKNOWN = frozenset(
    (
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    )
)
_NO_CREDENTIALS = frozenset(
    (
        "CredentialRetrievalError",
        "InvalidConfigError",
        "NoAuthTokenError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    )
)
_SETTINGS = frozenset(
    ("ConfigNotFound", "ConfigParseError", "InvalidRegionError", "NoRegionError", "ProfileNotFound")
)
_LONGEST = 300

_HINT_CHAIN = (
    "boto3 looks in AWS_ACCESS_KEY_ID, AWS_PROFILE, ~/.aws and the instance's role:"
    " `aws sts get-caller-identity` shows what it finds"
)
_HINT_DENIED = (
    "the policy needs cloudwatch:GetMetricData and cloudwatch:ListMetrics (docs/how-to/read-cloudwatch.md)"
)
_HINT_REGION = "set cloudwatch.regions, or AWS_DEFAULT_REGION (boto3 does not read AWS_REGION)"


def not_installed(exc: ModuleNotFoundError) -> NotInstalled:
    """The extra is missing."""
    return NotInstalled(
        f"reading CloudWatch needs the cloud extra ({exc.name} is missing)",
        hint="pip install 'codesentinel[cloud]'",
    )


@contextlib.contextmanager
def mapped(where: str) -> Iterator[None]:
    """Within the block whatever boto3 raises is raised as one of ours; ``where`` names the server."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as exc:
        raise _answered(exc, where) from exc
    except BotoCoreError as exc:
        raise _failed(exc, where) from exc


@contextlib.contextmanager
def configured() -> Iterator[None]:
    """Within the block a value that makes no sense to boto3 is one of its settings: an endpoint, a region."""
    try:
        yield
    except ValueError as exc:
        raise ConfigurationError("boto3's settings", [_cut(str(exc))], hint=_HINT_REGION) from exc


@contextlib.contextmanager
def understood(where: str) -> Iterator[None]:
    """Within the block a field of another kind, or a missing one, means that this is not the protocol."""
    try:
        yield
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as exc:
        raise strange(where) from exc


def strange(where: str) -> BadAnswer:
    """What answers is something else."""
    return BadAnswer(f"{where} answered with something that is not CloudWatch's protocol")


def code_of(exc: BaseException | None) -> str:
    """The code of the error that the server answered with; empty where it did not answer."""
    response = getattr(exc, "response", None)
    error = response.get("Error", {}) if isinstance(response, dict) else {}
    return str(error.get("Code", "")) if isinstance(error, dict) else ""


def _answered(exc: BaseException, where: str) -> CodesentinelError:
    code = code_of(exc)
    said = _cut(str(getattr(exc, "response", {}).get("Error", {}).get("Message") or "no message"))
    if code in _EXPIRED:
        return Unauthorized(f"{where}: the credentials have expired", hint="log in again; " + _HINT_CHAIN)
    if code in _DENIED:
        return Unauthorized(f"{where} does not allow it: {said}", hint=_HINT_DENIED)
    if code in _UNKNOWN:
        return Unauthorized(
            f"{where} does not accept the credentials ({code})", hint="is the clock right? " + _HINT_CHAIN
        )
    if code in THROTTLES:
        return BadAnswer(
            f"{where} throttles: {code} after all retries",
            hint="ask less often, for fewer metrics, or raise cloudwatch.patience_seconds",
        )
    return BadAnswer(f"{where} answered {code or 'an error'}: {said}")


def _failed(exc: BaseException, where: str) -> CodesentinelError:
    """The names of the classes are enough: importing each costs lines and says no more."""
    kinds = {kind.__name__ for kind in type(exc).__mro__}
    if kinds & _NO_CREDENTIALS:
        return Unauthorized(f"{where}: no credentials ({type(exc).__name__})", hint=_HINT_CHAIN)
    if kinds & _SETTINGS:
        return ConfigurationError("boto3's settings", [_cut(str(exc))], hint=_HINT_REGION)
    if "ParamValidationError" in kinds:
        return ConfigurationError(
            "what is asked of CloudWatch", [_cut(line) for line in str(exc).splitlines()[1:]]
        )
    if "ResponseParserError" in kinds:
        return strange(where)
    return Unreachable(
        f"{where} cannot be reached: {_cut(str(exc))}", hint="is this machine online, and the region right?"
    )


def _cut(text: str) -> str:
    return redacted_text(" ".join(text.split()))[:_LONGEST]
