"""The programme's own record: measures taken (tiltak), findings, obstacles, adjustments, and its budget by year.

What somebody did, learnt or met, with the document that says so; never a figure of an indicator, and never a person:
whoever is responsible is named by role. A text without English beside it is Norwegian, as the programme's papers are.
Which of it an edition tells is `pipelines.edition.gathering`'s to say.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from indicators.catalogue.models import Model, YearOrMonth, ends_before_it_begins

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class MeasureTaken(Model):
    """A measure taken (tiltak): what was or is to be done, for which indicators, from when to when."""

    id: Id = Field(description="unique within its programme, such as job-workshop; it never changes")
    name_no: str = Field(description="name in Norwegian")
    name_en: str = Field(description="name in English")
    subgoal: str | None = Field(None, description="the subgoal that it serves, in quotes; none: not said")
    indicators: list[str] = Field([], description="ids of the indicators that it should move; empty: none is named")
    first: YearOrMonth = Field(alias="from", description="when it begins: 2021 or 2021M08")
    last: YearOrMonth | None = Field(None, alias="to", description="when it ends; none: no end is known")
    cost: float | None = Field(None, ge=0, description="what it costs in all, in kroner; none: not known")
    paid_by: str | None = Field(None, description="who pays; none: not known")
    responsible: str | None = Field(None, description="the role that is responsible, never a person's name")
    place: str | None = Field(None, description="where, in words; none: the programme's area")
    status: Literal["planned", "under way", "ended", "stopped"] = Field(description="how far it has come")
    note: str | None = Field(None, description="what else to know")
    source: str = Field(description="the document that says so")

    @property
    def start(self) -> int:
        """The year in which it begins."""
        return int(self.first[:4])

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "MeasureTaken":
        if self.last is not None and ends_before_it_begins(self.first, self.last):
            raise ValueError(f"from {self.first} to {self.last}; expected 'to' at 'from' or later")
        return self


class Finding(Model):
    """Experience worth sharing, and the document that it stands in."""

    id: Id = Field(description="unique within its programme; it never changes")
    text_no: str = Field(description="what was found, in Norwegian")
    text_en: str = Field(description="what was found, in English")
    subgoal: str | None = Field(None, description="the subgoal that it is about, in quotes; none: all")
    document: str = Field(description="the document, by title and publisher")
    page: int | None = Field(None, ge=1, description="the page in it; none: it has no pages")
    day: date = Field(description="the document's date, as 2025-06-30")


class Obstacle(Model):
    """A law, regulation, guideline or practice that stands in the way, and whom it was reported to."""

    id: Id = Field(description="unique within its programme; it never changes")
    kind: Literal["law", "regulation", "guideline", "practice"] = Field(description="what stands in the way")
    name_no: str = Field(description="what it is called, in Norwegian")
    name_en: str = Field(description="what it is called, in English")
    hinders_no: str = Field(description="what it hinders, in Norwegian")
    hinders_en: str = Field(description="what it hinders, in English")
    subgoal: str | None = Field(None, description="the subgoal that it is in the way of, in quotes; none: all")
    reported_to: str | None = Field(None, description="the authority that it was reported to; none: nobody yet")
    reported_on: date | None = Field(None, description="the day, as 2024-05-30")
    status: Literal["not reported", "reported", "being changed", "removed", "stays"] = Field(
        description="what came of it; stays: the authority has said that it will not be changed"
    )
    source: str = Field(description="the document that says so")

    @model_validator(mode="after")
    def _reported_to_somebody(self) -> "Obstacle":
        if (self.status == "not reported") != (self.reported_to is None):
            raise ValueError("an obstacle has 'reported_to', unless its status is 'not reported': then it has none")
        return self


class Adjustment(Model):
    """What the programme changed on the way, and on whose recommendation."""

    id: Id = Field(description="unique within its programme; it never changes")
    text_no: str = Field(description="what was changed, in Norwegian")
    text_en: str = Field(description="what was changed, in English")
    subgoal: str | None = Field(None, description="the subgoal that it is about, in quotes; none: all")
    day: date = Field(description="the day of the decision, as 2023-02-14")
    recommended_by: str = Field(description="who recommended it: a body or a report, never a person's name")
    source: str = Field(description="the document that says so")


class BudgetYear(Model):
    """The programme's money of a year; where several pay, one entry for each."""

    year: int = Field(ge=1900, le=2999, description="the budget year")
    amount: float = Field(ge=0, description="kroner of that year, as the document has them")
    paid_by: str | None = Field(None, description="who pays; none: the document does not divide it")
    source: str = Field(description="the document that says so")


class ProgrammeRecord(Model):
    """A file of programmes/: what one programme of areas.yaml has done, learnt, met, changed and spent."""

    programme: str = Field(description="id of a programme of areas.yaml")
    synthetic: bool = Field(
        False,
        description="true: made up for the demo, the file's name begins with synthetic-, and no other edition has it",
    )
    measures_taken: list[MeasureTaken] = Field([], description="what was or is to be done (tiltak)")
    findings: list[Finding] = Field([], description="experience worth sharing")
    obstacles: list[Obstacle] = Field([], description="what stands in the way")
    adjustments: list[Adjustment] = Field([], description="what was changed on the way")
    budget: list[BudgetYear] = Field([], description="money by year")
