"""Writing documents into a data stream of Elasticsearch, by its official client.

Each goes in by ``create`` under the id of its event: at least once, and never twice. A refusal for haste
(429) is waited out and tried again, a broken connection too; a document that is there already counts as
arrived; one that the mapping refuses is handed back, for it would be refused again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import BadAnswer, NotInstalled, Unauthorized, Unreachable

try:
    import elasticsearch
    from elasticsearch import helpers
except ModuleNotFoundError as exc:
    raise NotInstalled(
        f"shipping needs the elastic extra ({exc.name} is missing)",
        hint="pip install 'codesentinel[elastic]'",
    ) from exc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

_CONFLICT = 409
_BUSY = (429, 502, 503, 504)
_SHOWN_CHARACTERS = 200


class Rejected(NamedTuple):
    """A document that the server will never take, and what it said."""

    document: Mapping[str, Any]
    reason: str


class Shipped(NamedTuple):
    """What became of documents: written, there already, or refused for good."""

    created: int
    present: int
    rejected: tuple[Rejected, ...]


class DataStream:
    """One data stream of one cluster; every method raises Unreachable, Unauthorized or BadAnswer.

    Args:
        url: of the cluster, without credentials.
        name: of the data stream.
        api_key: empty for a cluster without security.
        ca_file: of the authority that signed its certificate; empty for those of the system.
        timeout_seconds: for one answer.
        tries: of a request that was refused for haste or got no answer.
        pause_seconds: before the second try; doubled after each.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        api_key: str = "",
        ca_file: str = "",
        timeout_seconds: float = 10.0,
        tries: int = 6,
        pause_seconds: float = 0.5,
    ) -> None:
        self._name = name
        self._url = url
        self._tries = tries
        self._pause_seconds = pause_seconds
        options: dict[str, Any] = {"api_key": api_key} if api_key else {}
        options |= {"ca_certs": ca_file} if ca_file else {}
        try:
            self._client = elasticsearch.Elasticsearch(
                url,
                request_timeout=timeout_seconds,
                max_retries=tries,
                retry_on_timeout=True,
                **options,
            )
        except (ValueError, OSError) as exc:
            raise BadAnswer(f"{url} cannot be shipped to: {exc}", hint="http(s)://HOST:PORT") from exc

    def set_up(self, template: Mapping[str, Any], policy: Mapping[str, Any], *, name: str) -> None:
        """Write the index template and the lifecycle policy that it names; both may be there already."""
        with _mapped(self._url):
            self._client.ilm.put_lifecycle(name=name, policy=policy["policy"])
            self._client.indices.put_index_template(name=name, **template)

    def ask(self) -> None:
        """See that the cluster answers."""
        with _mapped(self._url):
            self._client.info()

    def create(self, documents: Sequence[Mapping[str, Any]]) -> Shipped:
        """Write documents, each under ``event.id``."""
        by_id = {document["event"]["id"]: document for document in documents}
        created = present = 0
        rejected = []
        with _mapped(self._url):
            for arrived, item in helpers.streaming_bulk(
                self._client,
                self._actions(by_id),
                max_retries=self._tries,
                initial_backoff=self._pause_seconds,
                max_backoff=60,
                retry_on_status=_BUSY,
                raise_on_error=False,
                raise_on_exception=True,
            ):
                answer = item["create"]
                if arrived:
                    created += 1
                elif answer.get("status") == _CONFLICT:
                    present += 1
                elif answer.get("status") in _BUSY:
                    raise Unreachable(
                        f"{self._url} refuses for haste", hint="run it again later: nothing is lost"
                    )
                else:
                    rejected.append(Rejected(by_id[answer["_id"]], _reason(answer)))
        return Shipped(created, present, tuple(rejected))

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _actions(self, by_id: Mapping[str, Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
        for name, document in by_id.items():
            yield {"_op_type": "create", "_index": self._name, "_id": name, "_source": document}


class _mapped:  # noqa: N801 - a with statement reads as a verb
    """Maps what the client raises to our errors, once."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        """Raise ours instead of theirs."""
        if isinstance(exc, elasticsearch.AuthenticationException | elasticsearch.AuthorizationException):
            raise Unauthorized(
                f"{self._url} does not let us write", hint="an API key that may: setting elastic.api_key_file"
            ) from exc
        if isinstance(exc, elasticsearch.UnsupportedProductError):
            raise BadAnswer(f"{self._url} is no Elasticsearch", hint="elastic.url names the cluster") from exc
        if isinstance(exc, elasticsearch.ApiError):
            said = str(exc)[:_SHOWN_CHARACTERS]
            raise BadAnswer(f"{self._url} refuses: {said}", hint="see the log of the cluster") from exc
        if isinstance(exc, elasticsearch.TransportError):
            raise Unreachable(
                f"{self._url} does not answer: {type(exc).__name__}", hint="run it again: nothing is lost"
            ) from exc


def _reason(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    said = error.get("reason") or error.get("type") if isinstance(error, dict) else error
    return str(said)[:_SHOWN_CHARACTERS]
