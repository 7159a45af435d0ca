// Loaded before a function's host, to have Google's public keys from a server of the test's: with `--import`, and the
// server's URL in GOOGLE_KEYS. Only what asks for those keys is led there.
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

const { request } = https;

https.request = (url, ...rest) =>
  String(url) === "https://www.googleapis.com/oauth2/v1/certs"
    ? http.get(process.env.GOOGLE_KEYS, rest.at(-1))
    : request(url, ...rest);
syncBuiltinESMExports();
