import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFunction, loadStack } from "@alienplatform/deploy";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../source-files.ts";
import { azureFunctions, functionsFramework, lambda, workers } from "./http/hosts.ts";
import type { Answered } from "./http/requested.ts";

const home = join(root, "test", "journeys", ".alien");
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "http-"));
mkdirSync(join(folder, "src"));
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true });
});

const files = {
  "alien.ts": `import * as alien from "@alienplatform/core";
new alien.Function("worker").http().build();
`,
  "src/worker.ts": `export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/fails") throw new Error("no database at 10.0.0.7");
    if (pathname === "/nothing") return undefined as unknown as Response;
    if (pathname === "/old") return Response.redirect(new URL("/new?a=1", request.url), 308);
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (pathname === "/bytes") {
      return new Response(bytes.reverse(), { status: 201, headers: { "content-type": "image/png" } });
    }
    const headers = new Headers([
      ["x-many", "a"],
      ["x-many", "b"],
      ["set-cookie", "session=a%20b; Path=/; HttpOnly; SameSite=Lax"],
      ["set-cookie", "theme=dark; Max-Age=60"],
    ]);
    const asked = { cookie: request.headers.get("cookie"), many: request.headers.get("x-many") };
    const text = new TextDecoder().decode(bytes);
    return Response.json({ method: request.method, pathname, search, ...asked, text }, { headers });
  },
};
`,
};
for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
const stack = await loadStack(join(folder, "alien.ts"));
const [worker] = stack.stack.resources.filter((each) => each.type === "function");
const utf8 = new TextDecoder();

describe.each([lambda, functionsFramework, azureFunctions, workers])(
  "a function with .http() in $name",
  async ({ target, start }) => {
    if (worker === undefined) throw new Error("alien.ts declares no function");
    const outDir = mkdtempSync(join(folder, "bundle-"));
    const bundle = await bundleFunction({
      ...{ stack, function: worker, mode: "deploy", target, sources: {}, outDir },
    });
    await bundle.dispose();
    const described = { id: "worker", triggers: [], http: {} };
    const { ask, said } = await start(bundle.file, {
      env: { ALIEN_FUNCTION: JSON.stringify(described) },
      atEnd: (stop) => void stops.unshift(stop),
    });

    it("is asked and answers with method, path, query, headers, cookies and text", async () => {
      const { status, headers, cookies, body } = await ask({
        method: "PUT",
        target: "/a%2Fb/%C3%BC//c?x=1&x=%26&y",
        headers: [
          ["cookie", "a=1; b=2"],
          ["x-many", "1"],
          ["x-many", "2"],
        ],
        body: new TextEncoder().encode("grüezi"),
      });
      expect(JSON.parse(utf8.decode(body))).toEqual({
        method: "PUT",
        pathname: "/a%2Fb/%C3%BC//c",
        search: "?x=1&x=%26&y",
        cookie: "a=1; b=2",
        many: "1, 2",
        text: "grüezi",
      });
      expect([status, headers["content-type"], headers["x-many"]]).toEqual([
        200,
        "application/json",
        "a, b",
      ]);
      expect(cookies.map(parts)).toEqual([
        ["HttpOnly", "Path=/", "SameSite=Lax", "session=a%20b"],
        ["Max-Age=60", "theme=dark"],
      ]);
    });

    it("takes and gives bytes that are no text", async () => {
      const body = Uint8Array.from({ length: 256 }, (_, at) => at);
      const answer = await ask({ method: "POST", target: "/bytes", body });
      expect([answer.status, answer.headers["content-type"]]).toEqual([201, "image/png"]);
      expect(answer.body).toEqual(body.toReversed());
    });

    it("redirects", async () => {
      const { status, headers } = await ask({ method: "GET", target: "/old" });
      expect([status, headers.location?.replace(/^https?:\/\/[^/]+/, "")]).toEqual([
        308,
        "/new?a=1",
      ]);
    });

    it.each(["/fails", "/nothing"])(
      "answers 500 and not a word more where it fails: %s",
      async (path) => {
        const answer = await ask({ method: "GET", target: `${path}?secret=1` });
        expect([answer.status, textOf(answer)]).toEqual([500, ""]);
        const told = path === "/fails" ? "no database at 10.0.0.7" : "fetch answered undefined";
        while (!said().includes(told)) await new Promise(setImmediate);
        expect(said()).toContain(`"path":"${path}"`);
        expect(said()).not.toContain("secret");
      },
    );
  },
);

function parts(cookie: string): readonly string[] {
  return cookie.split("; ").toSorted();
}

function textOf({ body }: Answered): string {
  return utf8.decode(body);
}
