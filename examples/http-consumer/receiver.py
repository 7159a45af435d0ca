# receiver.py
import hashlib, hmac, json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["ALIEN_SIGNING_SECRET"].encode()
TOLERANCE = 300  # seconds


def verified(header, body):
    parts = [part.strip().partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not times[0].isdecimal() or abs(time.time() - int(times[0])) > TOLERANCE:
        return False
    expected = hmac.new(SECRET, times[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [value for name, _, value in parts if name == "v1"]
    return any(hmac.compare_digest(expected.encode(), value.encode()) for value in given)


class Jobs(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if not verified(self.headers["x-alien-signature"], body):
            return self.answer(401, {"error": "not signed by the queue"})
        message = json.loads(body)
        # One write a line: print() writes the text and its end apart, and requests run in threads.
        sys.stdout.write(f"billed {message['payload']['total']} at attempt {message['attempt']}\n")
        sys.stdout.flush()
        self.answer(200, {"billed": message["id"]})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Jobs)
    print("listening", server.server_address, flush=True)
    server.serve_forever()
