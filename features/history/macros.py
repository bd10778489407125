"""How values are read and which events count, in SQL; tests hold each macro to the contract."""

import duckdb

from features.contract.lead import LARGEST_NUMBER

_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_ZONE = r" ?(Z|UTC|[+-]\d{2}(:?\d{2})?)"

_MACROS = {
    # trim() decodes every character, for spaces beyond ASCII; it is kept for what may need it.
    "needs_no_trimming(text)": """
        text >= '!' AND NOT ends_with(text, ' ') AND strlen(text) = length(text)
    """,
    # As features.contract.text.trimmed.
    "clean_text(raw)": """
        CASE WHEN needs_no_trimming(raw::VARCHAR) THEN raw::VARCHAR
             ELSE nullif(trim(raw::VARCHAR), '') END
    """,
    # A key column with gaps often has 7.0 for the key 7.
    "whole_key(raw)": r"""
        CASE WHEN needs_no_trimming(raw::VARCHAR) AND NOT ends_with(raw::VARCHAR, '.0')
             THEN raw::VARCHAR
             ELSE regexp_replace(nullif(trim(raw::VARCHAR), ''), '^(-?\d{1,15})\.0$', '\1') END
    """,
    "number_key(number)": f"""
        CASE WHEN number = trunc(number) AND abs(number) < {LARGEST_NUMBER:g}
             THEN TRY_CAST(number AS BIGINT)::VARCHAR ELSE number::VARCHAR END
    """,
    # As features.contract.profile.profile_number; DuckDB reads 1_000 and +-5.
    "number(text)": """
        CASE WHEN NOT contains(text, '_') AND NOT starts_with(text, '+-')
             THEN TRY_CAST(text AS DOUBLE) END
    """,
    "is_figure(number)": f"coalesce(abs(number) <= {LARGEST_NUMBER:g}, false)",
    "has_zone(text)": f"regexp_matches(text, '^{_DAY}{_CLOCK}{_ZONE}$')",
    "has_no_zone(text)": f"regexp_matches(text, '^{_DAY}({_CLOCK})?$')",
    # Few write a space before the offset, and to replace it takes as long as to read the time.
    "zoned_moment(text)": r"""
        epoch_us(TRY_CAST(CASE
            WHEN contains(text, ' +') OR contains(text, ' -')
            THEN regexp_replace(text, ' ([+-][0-9:]+)$', '\1') ELSE text
        END AS TIMESTAMPTZ))
    """,
    "local_moment(wall_time, zone)": "epoch_us(timezone(zone, wall_time))",
    # As features.contract.visibility.
    "visible_from(occurred, recorded)": "greatest(occurred + 1, recorded)",
}


def define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define all macros, before a source is opened."""
    for signature, body in _MACROS.items():
        connection.execute(f"CREATE OR REPLACE MACRO {signature} AS ({body})")
