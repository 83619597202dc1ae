"""What editors use: the committed schemas are the models', and what the loader takes and refuses, they do too."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from indicators.catalogue import HERE, json_schema
from pipelines.edition import derived
from pipelines.settings import PROJECT

FILES = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.yaml"))


def as_an_editor_reads(text: str) -> Any:
    """YAML 1.2 with typed scalars, as yaml-language-server reads it; a day is text there."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items()}
        if isinstance(node, list):
            return [plain(value) for value in node]
        return node.isoformat() if isinstance(node, date) else node

    return plain(YAML(typ="safe").load(text))


def committed(kind: str) -> dict[str, Any]:
    return json.loads((HERE / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8"))


def faults(kind: str, content: Any) -> list[str]:
    found = Draft7Validator(committed(kind)).iter_errors(content)
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in derived.files()])
def test_what_is_committed_is_what_the_catalogue_says(path: Path):
    assert path.read_text(encoding="utf-8") == derived.files()[path], "run 'make docs'"


def test_no_other_schema_is_committed():
    assert {path.name for path in (HERE / "schema").iterdir()} == {
        "pillar.schema.json",
        "areas.schema.json",
        "sources.schema.json",
        "evaluations.schema.json",
        "sentences.schema.json",
        "programme.schema.json",
        "delivery.schema.json",
        "area_list.schema.json",
        "boundary.schema.json",
    }


@pytest.mark.parametrize("kind", json_schema.MODELS)
def test_each_is_a_schema_of_draft_7(kind):
    Draft7Validator.check_schema(committed(kind))


@pytest.mark.parametrize("kind", json_schema.MODELS)
def test_each_key_is_explained(kind):
    schema = committed(kind)
    objects = {kind: schema, **schema.get("$defs", {})}
    lacking = [
        f"{name}.{key}"
        for name, one in objects.items()
        for key, field in one.get("properties", {}).items()
        if not field.get("description")
    ]
    assert lacking == []


@pytest.mark.parametrize("file", FILES)
def test_each_file_names_its_schema_and_fits_it(file):
    path = HERE / file
    text = path.read_text(encoding="utf-8")
    comment, _, _rest = text.partition("\n")
    assert comment == json_schema.first_line(file)
    target = (path.parent / comment.partition("$schema=")[2]).resolve()
    assert target.is_relative_to(HERE / "schema")
    schema = json.loads(target.read_text(encoding="utf-8"))
    assert [one.message for one in Draft7Validator(schema).iter_errors(as_an_editor_reads(text))] == []


AREA = "programmes: []\nareas:\n  - id: made\n    kind: district\n    name: Made\n    parts:\n      - {codes: [%s]}\n"
PROVIDER = (
    "tables: []\nproviders:\n  - {id: ssb, name: SSB, url: 'https://example.org', licence: none, closed_hours: [%s]}"
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("areas", AREA % "33010601-33010611"),
        ("areas", AREA % '"33010601-33010611", "0602", K-3301, drammen-7'),
        ("sources", PROVIDER % '"04:45-08:20", "11:25-11:40"'),
        ("sources", PROVIDER % "04:45-08:20"),
    ],
)
def test_the_catalogues_own_forms_fit(kind, text):
    assert faults(kind, as_an_editor_reads(text)) == []
    json_schema.MODELS[kind].model_validate(as_an_editor_reads(text))


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("areas", AREA % "", "areas.0.parts.0.codes: [] should be non-empty"),
        ("areas", AREA % "0602", "areas.0.parts.0.codes.0: 602 is not of type 'string'"),
        ("areas", (AREA % "'1'").replace("district", "distrikt"), "areas.0.kind: 'distrikt' is not one of ['country',"),
        ("areas", (AREA % "'1'").replace("id: made", "id: Made Up"), "areas.0.id: 'Made Up' does not match"),
        ("areas", (AREA % "'1'").replace("name:", "nam:"), "areas.0: Additional properties are not allowed ('nam'"),
        ("sources", PROVIDER % '"4.45-8.20"', "providers.0.closed_hours.0: '4.45-8.20' does not match"),
    ],
)
def test_an_editor_marks_what_does_not_fit(kind, text, fault):
    assert any(found.startswith(fault) for found in faults(kind, as_an_editor_reads(text)))


def test_a_packaged_install_has_the_yaml_and_its_schemas():
    packed = {one.distribution_path for one in WheelBuilder(str(PROJECT)).recurse_included_files()}
    for path in (*HERE.rglob("*.yaml"), *HERE.rglob("*.schema.json")):
        assert path.relative_to(PROJECT).as_posix() in packed
