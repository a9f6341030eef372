"""A judgement's picture in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.act import new_file

if TYPE_CHECKING:
    from codesentinel.model.canary_judgement import CanaryJudgement


def check_pictures(*paths: str, overwrite: bool) -> None:
    """See that the files may be written, before long work is done for them.

    Raises:
        Refused: one is there already.
        Failed: a folder is missing, or may not be written into.
    """
    for path in filter(None, paths):
        new_file.check_free(path, overwrite=overwrite)


def write_pictures(done: CanaryJudgement, html: str, svg: str, *, overwrite: bool) -> None:
    """Write a page, a picture, both or none.

    Raises:
        Refused: somebody else made the file meanwhile.
        Failed: the system did not let us.
    """
    from codesentinel.render.canary_picture import judgement_page, judgement_picture

    for path, text in ((html, judgement_page), (svg, judgement_picture)):
        if path:
            draft = new_file.draft_of(path)
            with new_file.drafted(draft) as file:
                file.write(text(done).encode())
            new_file.publish(draft, path, overwrite=overwrite)
