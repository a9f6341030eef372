"""What gunicorn does besides: a clean start, and no gauge of a worker that is gone."""

from codesentinel.instrument.gunicorn import child_exit, on_starting

__all__ = ["child_exit", "on_starting"]
