"""What an import did, or would do."""

from typing import Self

from pydantic import Field

from features.contract.document_part import DocumentPart
from serving.intake.importing.columns import Columns
from serving.intake.importing.rows import Mistake


class ReportedColumn(DocumentPart):
    """A column, and what of a lead it becomes."""

    column: str
    becomes: str


class RefusedRow(DocumentPart):
    """Something wrong with a row; its value is not told."""

    line: int = Field(description="In the file or sheet, from 1; of a JSON array, the place.")
    column: str | None = Field(description="Heading of the column; null if it is none.")
    message: str

    @classmethod
    def of(cls, mistake: Mistake) -> Self:
        """Return a mistake for the report."""
        return cls.model_validate(mistake._asdict())


class ImportReport(DocumentPart):
    """What an import did, or would do."""

    imported: bool = Field(
        description="Whether anything was kept: not in a dry run, nor where a row is refused."
    )
    read_as: str = Field(description="Form, encoding and separator, or sheet.")
    rows: int = Field(ge=0, description="Rows that are not empty, below the headings.")
    new: int = Field(ge=0, description="Leads that the record did not have.")
    changed: int = Field(ge=0, description="Leads of whom anything is news.")
    unchanged: int = Field(ge=0, description="Leads of whom all was known.")
    events: int = Field(ge=0, description="Events that are new.")
    consents: int = Field(ge=0, description="Entries of consent that are new.")
    refused_rows: int = Field(ge=0, description="Rows that cannot be taken.")
    refused: tuple[RefusedRow, ...] = Field(description="Why, with one entry for each mistake.")
    columns: tuple[ReportedColumn, ...] = Field(description="What columns become.")
    columns_left: tuple[str, ...] = Field(description="Columns that are not taken.")


def reported_columns(columns: Columns) -> tuple[ReportedColumn, ...]:
    """Return what columns become, in the order of the table."""
    taken = sorted(columns.taken)
    return tuple(ReportedColumn(column=one.heading, becomes=one.becomes) for one in taken)
