"""`standardwebhooks` on uvicorn with its fastest parts, without a framework:
`python server.py SECRET`."""

import os
import socket
import sys
import threading

import uvicorn
from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(sys.argv[1])
JSON = [(b"content-type", b"application/json")]


def seen(event):
    """Reads two fields."""
    if "tag" in event:
        return event["tag"]["id"], event["contact"]["email"]
    return event["orderItem"]["id"], event["customer"]["email"]


async def app(scope, receive, send):
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    try:
        seen(webhook.verify(body, headers))
        status, answer = 200, b'{"received":true}'
    except WebhookVerificationError:
        status, answer = 400, b'{"received":false}'
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*JSON, length]})
    await send({"type": "http.response.body", "body": answer})


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
print("%s:%d" % listener.getsockname(), flush=True)
config = uvicorn.Config(
    app, loop="uvloop", http="httptools", ws="none", lifespan="off", access_log=False, log_level="warning"
)
uvicorn.Server(config).run(sockets=[listener])
