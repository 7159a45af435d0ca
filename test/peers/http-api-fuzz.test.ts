import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { inTemporaryDirectory } from "../../examples/in-temporary-directory.ts";
import { Program } from "../../examples/program.ts";
import { installed } from "./support/installed.ts";

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "response_headers_conformance",
];

it("the HTTP API answers what its description says to whatever schemathesis asks, and never 5xx", () =>
  inTemporaryDirectory(async (directory) => {
    const dev = new Program("./http-api", "dev", directory);
    await dev.says("ready");
    const { url, token } = JSON.parse(readFileSync(join(directory, "api.json"), "utf8"));
    const fuzzed = spawn(
      installed("python", "bin", "schemathesis"),
      [
        ...["run", `${url}/openapi.json`, "--header", `Authorization: Bearer ${token}`],
        // A stream has no end, a wait is as long as it is told to be, and NDJSON is no format that it writes.
        ...["--exclude-path", "/events", "--exclude-path", "/jobs/{id}/wait"],
        ...["--exclude-path", "/queues/{queue}/dead-letters/import"],
        // It waits as long as it is told to, too.
        ...["--exclude-path", "/queues/{queue}/receive"],
        ...["--checks", CHECKS.join(","), "--max-examples", "10", "--seed", "1", "--no-color"],
        // The same in every run.
        ...["--generation-database", "none", "--request-timeout", "60"],
      ],
      { cwd: directory },
    );
    onTestFinished(() => void fuzzed.kill());
    const [said, errors, [status]] = await Promise.all([
      text(fuzzed.stdout),
      text(fuzzed.stderr),
      once(fuzzed, "close"),
    ]);
    expect(status, said.slice(-8_000) + errors).toBe(0);
    await dev.stop();
  }));
