import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { type ConsoleFiles, consoleFiles } from "../src/index.ts";

let files: ConsoleFiles;
beforeAll(async () => {
  files = await consoleFiles();
});

const text = (path: string, token?: string) => new TextDecoder().decode(files(path, token)?.body);

/** What the page asks for before it shows anything. */
const asked = () =>
  [...text("").matchAll(/(?:src|href)="\/console\/([^"]+)"/g)].flatMap(([, path]) => path ?? []);

describe("the console's files", () => {
  it("are the page for every path that is no file", () => {
    const page = files("");
    expect(page?.type).toBe("text/html; charset=utf-8");
    expect(page?.immutable).toBe(false);
    for (const path of ["/", "queues/tasks", "queues/tasks/messages/a.b.js", "index.html"]) {
      expect(files(path)?.body).toEqual(page?.body);
    }
  });

  it("are all that the page asks for", () => {
    expect(asked().length).toBeGreaterThan(2);
    for (const path of asked()) expect(files(path), path).toBeDefined();
  });

  it("answer nothing for an asset that there is not", () => {
    expect(files("assets/index-of-yesterday.js")).toBeUndefined();
    expect(files("assets/../index.html")).toBeUndefined();
  });

  it("carry the token in the page, and nothing that could end its attribute", () => {
    expect(text("", "a-Token_1")).toContain('<meta name="alien-api-token" content="a-Token_1"');
    const tokenOf = (token: string) =>
      /<meta name="alien-api-token" content="([^"]*)" \/>/.exec(text("", token))?.[1];
    expect(tokenOf("a+b/c==")).toBe("a+b/c==");
    expect(tokenOf('$&"><script>')).toBe("$&amp;&quot;&gt;&lt;script&gt;");
    expect(text("")).toContain('<meta name="alien-api-token" content=""');
  });

  it("paint by the page alone, and run and style nothing inline that could carry no nonce", () => {
    const markup = text("").replaceAll(/<(script|style)>.*?<\/\1>/gs, "<$1>");
    expect(markup.match(/<(script|style)>/g)).toEqual(["<script>", "<style>"]);
    expect(markup).not.toMatch(/\son\w+=|\sstyle=|rel="stylesheet"/);
  });

  it("are at most 80 kB, compressed", () => {
    const scripts = asked().filter((path) => path.endsWith(".js"));
    const later = scripts.flatMap((path) => [
      ...text(path).matchAll(/import\([`"']\.\/([^`"']+)[`"']\)/g),
    ]);
    expect(later.length).toBeGreaterThan(0);
    const all = ["", ...asked(), ...later.map(([, name]) => `assets/${name}`)];
    const sizes = all.map((path) => gzipSync(files(path)?.body ?? "").byteLength);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(5_000);
    expect(total).toBeLessThanOrEqual(80_000);
  });
});
