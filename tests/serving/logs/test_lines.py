"""Lines of the log, as text and as JSON."""

import json
import logging
import re
import warnings

from serving.logs.lines import FIELDS
from serving.logs.request_id import current_request
from serving.settings import Settings
from tests.serving.logged import logged

_log = logging.getLogger("serving.sample")
TEXT, JSON = Settings(log_format="text"), Settings(log_format="json", write_key="the-key")
NAME = "erika"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def _fail(name: str) -> None:
    try:
        dict[str, str]()[name]
    except KeyError:
        raise ValueError(name.upper()) from None


def _fail_again(name: str) -> None:
    try:
        _fail(name)
    except ValueError as error:
        raise RuntimeError(name) from error


def test_a_line_of_text_holds_time_level_logger_message_and_request() -> None:
    with logged(TEXT) as log:
        _log.info("ready on %s", "rules")
        _log.debug("never")
        outside = current_request.set("r-1")
        _log.warning("away")
        current_request.reset(outside)
    first, second = log.getvalue().splitlines()
    assert re.fullmatch(MOMENT + r" INFO serving\.sample: ready on rules", first)
    assert re.fullmatch(MOMENT + r" WARNING serving\.sample: away \[r-1\]", second)


def test_a_line_of_json_is_one_object_whatever_is_said() -> None:
    with logged(JSON) as log:
        _log.info('"Müller"\n%s', "the-key", extra={FIELDS: {"status": 200}})
        outside = current_request.set("r-1")
        _log.info("x")
        current_request.reset(outside)
    first, second = map(json.loads, log.getvalue().splitlines())
    assert re.fullmatch(MOMENT, first.pop("timestamp"))
    assert first == {
        "level": "INFO",
        "logger": "serving.sample",
        "message": '"Müller"\n***',
        "status": 200,
    }
    assert second["request_id"] == "r-1"


def test_a_fault_is_told_by_kind_and_place_without_its_message() -> None:
    for settings in (TEXT, JSON):
        with logged(settings) as log:
            try:
                _fail_again(NAME)
            except RuntimeError:
                _log.exception("it failed")
        assert "ValueError" in log.getvalue()
        assert "RuntimeError" in log.getvalue()
        # It was not to be shown.
        assert "KeyError at" not in log.getvalue()
        assert "in _fail" in log.getvalue()
        assert NAME not in log.getvalue().lower()
        assert not re.search(r"Error: ", log.getvalue())


def test_a_warning_is_a_line_and_one_that_cannot_be_written_shows_nothing() -> None:
    with logged(JSON) as log:
        with warnings.catch_warnings(action="default"):
            logging.captureWarnings(capture=False)
            logging.captureWarnings(capture=True)
            warnings.warn("old", DeprecationWarning, stacklevel=1)
        _log.info("%d", "erika")
    (line,) = log.getvalue().splitlines()
    assert json.loads(line)["logger"] == "py.warnings"
