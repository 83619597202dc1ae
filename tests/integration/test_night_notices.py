"""What is kept and sent of a night: its record, its summary, and notices to a real webhook, ping and mail server."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.settings import SettingsError
from pipelines.storage.nights import Moved, NightRecord, Nights, Tally
from pipelines.workplace import notices, recording, summary
from pipelines.workplace.notices import Notices
from tests.smtp_server import SmtpServer

NIGHT = datetime(2026, 11, 26, 2, 10, tzinfo=UTC)
GOOD = NightRecord(
    started_at=NIGHT,
    finished_at=datetime(2026, 11, 26, 2, 12, tzinfo=UTC),
    trigger="schedule",
    outcome="published",
    source_set="live",
    run_id="a-run",
    edition="levekar-20261126T021200000000Z",
    asked=Tally(3, 3, 3),
    providers={"ssb": Tally(2, 2, 2), "fhi": Tally(1, 1, 1)},
    new=("ssb/11084",),
    last_answered={"ssb/11084": "2026-11-26T02:11:00+00:00", "fhi/794": "2026-11-20T02:11:00+00:00"},
    changes={"new figures": 1200, "gone": 0, "changed": 3},
    moved=(Moved("crowding", "drammen-7", "Crowded", "share", 1, "2024", 0.2, "2025", 0.25, 0.02, 0.08),),
)
BAD = replace(
    GOOD,
    outcome="nothing published",
    providers={"ssb": Tally(2, 2, 0), "fhi": Tally(1, 1, 0)},
    asked=Tally(3, 3, 0),
    failed={"ssb/11084": "no answer\nThe figures stand.", "ssb/07459": "no answer", "fhi/794": "HTTP 503"},
    changes={},
    moved=(),
)
SECRET = "token-that-nobody-may-read"


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_night_is_kept_as_it_was_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    first, second = (nights.keep(record, summary.markdown(record)) for record in (BAD, GOOD))
    assert first != second  # the same moment
    assert [record.outcome for record in nights.latest()] == ["published", "nothing published"]
    assert nights.newest() == GOOD
    assert list(nights.latest())[1] == BAD
    assert first.stat().st_mode & 0o777 == 0o600
    assert nights.folder.stat().st_mode & 0o777 == 0o700
    (nights.folder / "20270101T000000000000Z.json").write_text("{half")
    assert nights.newest() == GOOD
    assert Nights(tmp_path / "none").newest() is None


def test_a_record_of_a_later_version_can_be_read(tmp_path: Path) -> None:
    path = Nights(tmp_path).keep(GOOD, "")
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, "more": 1}))
    assert Nights(tmp_path).newest() == GOOD


def test_the_summary_says_how_it_went_what_moved_and_who_was_silent() -> None:
    good, bad = summary.markdown(GOOD), summary.markdown(BAD)
    assert good.startswith("# Levekår live, night of 2026-11-26: published\n")
    assert "* Crowded, drammen-7: 20.0 % to 25.0 % (+5.0 pp; 2024 to 2025)" in good
    assert "* 1,200 new figures, 3 changed\n" in good
    assert "FAILED, nothing was published" in bad
    assert "Asked tonight: 3 of 3, answered 0." in bad
    assert "**fhi: last answered 2026-11-20 02:11 UTC.**" in bad
    assert "* 2 sources (ssb/11084, ssb/07459): no answer" in bad
    assert "levekar doctor" in bad
    assert "SYNTHETIC" in summary.title(replace(GOOD, source_set="demo", synthetic=True))


def test_a_text_from_outside_makes_no_link_in_the_summary() -> None:
    told = summary.markdown(replace(BAD, failed={"ssb/1": "![x](http://evil.example/) <b>"}))
    assert "](http://" not in told
    assert "\\<b>" in told


# --- which nights there should have been ------------------------------------------------------------------------------


def test_nights_are_counted_over_ten_days_and_both_changes_of_the_clock() -> None:
    ten = recording.nights_between(datetime(2026, 11, 10, 2, 10, tzinfo=UTC), datetime(2026, 11, 20, 2, 10, tzinfo=UTC))
    assert [moment.day for moment in ten] == list(range(11, 20))
    # Clocks go forward on 29 March and back on 25 October 2026, at 01:00 UTC: 03:10 in Oslo occurs once on each day.
    for day, hours in ((29, [2, 1, 1]), (25, [1, 2, 2])):
        month = 3 if day == 29 else 10
        around = datetime(2026, month, day - 2, 12, tzinfo=UTC), datetime(2026, month, day + 1, 12, tzinfo=UTC)
        found = recording.nights_between(*around)
        assert [(moment.day, moment.hour, moment.minute) for moment in found] == [
            (day - 1 + number, hour, 10) for number, hour in enumerate(hours)
        ]


# --- what is sent -----------------------------------------------------------------------------------------------------


@dataclass
class Web:
    """A server that remembers what it was asked, and answers `status`."""

    status: int = 200
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""


@contextmanager
def web(status: int = 200) -> Iterator[Web]:
    kept = Web(status)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept.asked.append((self.command, self.path, content))
            self.send_response(kept.status)
            self.send_header("Location", "http://elsewhere.example/")
            self.end_headers()

        do_GET = do_POST = answer

        def log_message(self, *_args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield kept
        server.shutdown()


@pytest.fixture(autouse=True)
def no_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEBHOOK", "PING", "MAIL", "SMTP_HOST", "SMTP_PORT", "SMTP_FROM", "SMTP_TO", "SMTP_PASSWORD"):
        monkeypatch.delenv(f"LEVEKAR_{name}", raising=False)


def sent(record: NightRecord, **given: object) -> list[str]:
    return list(notices.send(record, summary.markdown(record), Notices(**given)))


def test_nobody_is_told_where_nobody_is_named() -> None:
    assert sent(BAD) == []


def test_the_webhook_gets_text_and_data_and_the_ping_comes_after_good_nights_alone() -> None:
    with web() as server:
        given = {"webhook": f"{server.url}/hook/{SECRET}", "ping": f"{server.url}/ping/{SECRET}"}
        assert sent(GOOD, **given) == []
        [(verb, path, content), (ping, pinged, _)] = server.asked
        assert (verb, path) == ("POST", f"/hook/{SECRET}")
        assert (ping, pinged) == ("GET", f"/ping/{SECRET}")
        told = json.loads(content)
        assert told["good"] is True
        assert told["text"] == summary.markdown(GOOD)
        assert told["night"]["asked"] == {"of": 3, "asked": 3, "answered": 3}
        server.asked.clear()
        assert sent(BAD, **given) == []
        assert [verb for verb, _path, _content in server.asked] == ["POST"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_could_not_be_sent_is_told_without_the_secret(status: int, caplog: pytest.LogCaptureFixture) -> None:
    with web(status) as server, caplog.at_level(logging.INFO):
        given = {"webhook": f"{server.url}/{SECRET}", "ping": f"{server.url}/{SECRET}"}
        assert sent(GOOD, **given) == [f"{what} to 127.0.0.1: HTTP {status}" for what in ("webhook", "ping")]
        assert len(server.asked) == 2  # no redirect was followed
    [refused, _ping] = sent(GOOD, **given)
    assert refused == "webhook to 127.0.0.1: ConnectionError"
    assert SECRET not in caplog.text


def test_a_mail_comes_of_bad_nights_and_of_all_where_that_is_asked_for() -> None:
    with SmtpServer() as server:
        given = {
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": "none",
            "smtp_from": "levekar@kommune.example",
            "smtp_to": "a@kommune.example, b@kommune.example",
            "smtp_user": "levekar",
            "smtp_password": SECRET,
        }
        assert sent(GOOD, **given) == []
        assert server.mails == []
        assert sent(BAD, **given) == []
        assert sent(GOOD, mail="always", **given) == []
    bad, good = server.mails
    assert bad["Subject"] == "Levekår live, night of 2026-11-26: FAILED, nothing was published"
    assert bad["To"] == "a@kommune.example, b@kommune.example"
    assert bad.get_content().splitlines() == summary.markdown(BAD).splitlines()
    assert "published" in good["Subject"]
    assert server.logins == [("levekar", SECRET)] * 2


def test_a_mail_that_is_refused_is_told_without_the_secret() -> None:
    given = {"smtp_security": "none", "smtp_from": "a@b.example", "smtp_to": "c@b.example", "smtp_password": SECRET}
    with SmtpServer(refuses=True) as server:
        [fault] = sent(BAD, smtp_host="127.0.0.1", smtp_port=server.port, **given)
        assert fault == "mail by 127.0.0.1: SMTPRecipientsRefused"
        # A server without encryption does not get the password.
        [fault] = sent(BAD, smtp_host="127.0.0.1", smtp_port=server.port, **given | {"smtp_security": "starttls"})
        assert fault == "mail by 127.0.0.1: SMTPNotSupportedError"
    assert server.logins == []


def test_settings_come_from_the_environment_and_their_errors_tell_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEKAR_WEBHOOK", SECRET)
    assert SECRET not in repr(Notices())
    monkeypatch.setenv("LEVEKAR_SMTP_HOST", "mail.kommune.example")
    with pytest.raises(SettingsError, match="LEVEKAR_SMTP_FROM"):
        Notices()
    monkeypatch.setenv("LEVEKAR_SMTP_PORT", SECRET)
    with pytest.raises(SettingsError, match="LEVEKAR_SMTP_PORT") as raised:
        Notices()
    assert SECRET not in str(raised.value)
