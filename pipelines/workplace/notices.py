"""The summary of a night is sent to whom the environment names: a webhook, a mail, a dead man's switch.

Secrets come from the environment alone and stand in no message, log or error: of an address only the host is told. A
notice that cannot be sent fails nothing; who reads the log is told.
"""

import json
import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.settings import SettingsError
from pipelines.storage.nights import NightRecord
from pipelines.workplace import summary

_TIMEOUT = 20.0  # seconds


class Notices(BaseSettings):
    """Who is told of a night: LEVEKAR_WEBHOOK, LEVEKAR_PING, LEVEKAR_SMTP_HOST and so on. Raises SettingsError.

    webhook: is sent each summary as JSON ({"text": Markdown, "night": data}). ping: is asked for after every night that
    ended well, so that it misses those that did not. smtp_*: a mail server, and who writes to whom (commas between
    several). mail: always, or only of nights that did not go well.
    """

    model_config = SettingsConfigDict(env_prefix="LEVEKAR_", env_ignore_empty=True, frozen=True, extra="ignore")

    webhook: SecretStr | None = None
    ping: SecretStr | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str | None = None
    smtp_to: str | None = None
    mail: Literal["always", "bad"] = "bad"

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            # Pydantic would tell the value too, which may be a secret.
            wrong = [f"LEVEKAR_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
            raise SettingsError("settings: " + "; ".join(wrong)) from None
        if self.smtp_host and not (self.smtp_from and self.smtp_to):
            raise SettingsError("LEVEKAR_SMTP_HOST is set: expected LEVEKAR_SMTP_FROM and LEVEKAR_SMTP_TO beside it")


def tell(record: NightRecord) -> Iterator[str]:
    """Send a night's summary to whom the environment names; yield what could not be sent, and why not."""
    try:
        notices = Notices()
    except SettingsError as error:
        yield str(error)
        return
    yield from send(record, summary.markdown(record), notices)


def send(record: NightRecord, text: str, notices: Notices) -> Iterator[str]:
    """Send what is to be sent of a night; yield what could not be, without any secret."""
    if notices.webhook is not None:
        yield from _tried("webhook", notices.webhook, lambda url: _post(url, record, text))
    if notices.smtp_host and (notices.mail == "always" or not record.good):
        yield from _mailed(record, text, notices)
    if notices.ping is not None and record.outcome in ("published", "unchanged"):
        yield from _tried("ping", notices.ping, _ping)


def _tried(what: str, address: SecretStr, ask: Callable[[str], requests.Response]) -> Iterator[str]:
    url = address.get_secret_value()
    try:
        answer = ask(url)
    except requests.RequestException as error:
        # Its text has the whole address in it.
        yield f"{what} to {urlsplit(url).hostname}: {type(error).__name__}"
        return
    if answer.status_code >= 300:
        yield f"{what} to {urlsplit(url).hostname}: HTTP {answer.status_code}"


def _post(url: str, record: NightRecord, text: str) -> requests.Response:
    told = {"text": text, "title": summary.title(record), "good": record.good, "night": record.as_data()}
    content = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return requests.post(url, data=content, headers=headers, timeout=_TIMEOUT, allow_redirects=False)


def _ping(url: str) -> requests.Response:
    return requests.get(url, timeout=_TIMEOUT, allow_redirects=False)


def _mailed(record: NightRecord, text: str, notices: Notices) -> Iterator[str]:
    message = EmailMessage()
    message["Subject"] = summary.title(record)
    message["From"], message["To"] = notices.smtp_from, notices.smtp_to
    message.set_content(text)
    try:
        with _server(notices) as server:
            if notices.smtp_user and notices.smtp_password is not None:
                server.login(notices.smtp_user, notices.smtp_password.get_secret_value())
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        yield f"mail by {notices.smtp_host}: {type(error).__name__} {error.smtp_code}"
    except (OSError, smtplib.SMTPException) as error:
        yield f"mail by {notices.smtp_host}: {type(error).__name__}"


def _server(notices: Notices) -> smtplib.SMTP:
    host = notices.smtp_host or ""
    if notices.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, notices.smtp_port, timeout=_TIMEOUT, context=ssl.create_default_context())
    server = smtplib.SMTP(host, notices.smtp_port, timeout=_TIMEOUT)
    if notices.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
