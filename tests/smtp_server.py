"""A small real mail server on 127.0.0.1, in the words of RFC 5321 that a client needs: HELO to QUIT, and AUTH PLAIN."""

import base64
import socketserver
import threading
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Self


class SmtpServer:
    """Takes mails; refuses: the answer to every recipient is 550. `mails` and `logins` are what came."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.mails: list[Message] = []
        self.logins: list[tuple[str, str]] = []
        taken = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 ready")
                while line := self.rfile.readline().decode().strip():
                    verb = line.split()[0].upper()
                    if verb == "EHLO":
                        self.say("250-here", "250 AUTH PLAIN")
                    elif verb == "AUTH":
                        _none, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                        taken.logins.append((user, password))
                        self.say("235 welcome")
                    elif verb == "RCPT" and refuses:
                        self.say("550 nobody here of that name")
                    elif verb == "DATA":
                        self.say("354 go on")
                        lines = []
                        while (part := self.rfile.readline()) != b".\r\n":
                            lines.append(part)
                        taken.mails.append(message_from_bytes(b"".join(lines), policy=default))
                        self.say("250 taken")
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

            def say(self, *lines: str) -> None:
                self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
