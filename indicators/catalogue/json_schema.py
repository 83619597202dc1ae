"""JSON Schema of the catalogue's YAML, so that an editor completes keys, explains them, and marks what does not fit.

A schema knows one file's keys and forms; what must hold between keys and between files only `load` checks. The
committed files in schema/ are written by `make docs`.
"""

from pathlib import PurePosixPath
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from indicators.catalogue.contracts import AreaListContract, BoundaryContract, DeliveryContract
from indicators.catalogue.models import AreasFile, EvaluationsFile, Model, PillarFile, SentencesFile, SourcesFile
from indicators.catalogue.programme_record import ProgrammeRecord

FOLDER = "schema"
MODELS: dict[str, type[Model]] = {
    "pillar": PillarFile,
    "areas": AreasFile,
    "sources": SourcesFile,
    "evaluations": EvaluationsFile,
    "sentences": SentencesFile,
    "programme": ProgrammeRecord,
    "delivery": DeliveryContract,
    "area_list": AreaListContract,
    "boundary": BoundaryContract,
}
_BY_FOLDER = {
    "deliveries": "delivery",
    "deliveries/areas": "area_list",
    "deliveries/boundaries": "boundary",
    "programmes": "programme",
}
_BY_NAME = {f"{kind}.yaml": kind for kind in ("areas", "sources", "evaluations", "sentences")}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of file, by the names in MODELS."""
    return {kind: _schema(model) for kind, model in MODELS.items()}


def kind_of(file: str) -> str:
    """Return which schema a file has, by its path within the catalogue, such as `deliveries/fhi_crowding.yaml`."""
    folder = PurePosixPath(file).parent.as_posix()
    return _BY_FOLDER.get(folder) or _BY_NAME.get(file, "pillar")


def first_line(file: str) -> str:
    """Return the comment by which an editor finds the schema of a file, by its path within the catalogue."""
    up = "../" * (len(PurePosixPath(file).parts) - 1)
    return f"# yaml-language-server: $schema={up}{FOLDER}/{kind_of(file)}.schema.json"


def _schema(model: type[Model]) -> dict[str, Any]:
    # Editors read draft 7 (yaml-language-server); nothing that the models use is newer.
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **model.model_json_schema(schema_generator=_WithoutTitles),
    }


class _WithoutTitles(GenerateJsonSchema):
    """Without a title per key, which would only repeat the key above its description."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
