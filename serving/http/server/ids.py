"""Ids in a path: whatever an id can hold, a lead can be asked for, and erased, by it."""

from starlette.convertors import PathConvertor, register_url_convertor


class IdConvertor(PathConvertor):
    """Takes all of a path, new lines too, which a path's own convertor does not."""

    regex = "(?s:.*)"


def register_ids() -> None:
    """Let paths say `{lead_id:id}`."""
    register_url_convertor("id", IdConvertor())
