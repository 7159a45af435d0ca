import { expect, it, onTestFinished, vi } from "vitest";
import { consoleHere } from "./console-here.ts";
import { Project } from "./journey.ts";

const alienTs = `import { Queue } from "@alienplatform/core";
import { z } from "zod";
new Queue("tasks").schema(z.object({ to: z.string() })).build();
`;

async function shop(): Promise<Project> {
  const project = await Project.create({ "alien.ts": alienTs });
  onTestFinished(() => project.remove());
  return project;
}

/** What an event stream says until it has said this. */
async function until(stream: Response, part: string): Promise<string> {
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(part)) {
    const next = await reader?.read();
    if (next?.done !== false) throw new Error(`it ended without ${part}: ${text}`);
    text += next.value;
  }
  await reader?.cancel();
  return text;
}

it("a console for looking changes nothing, whoever asks", async () => {
  const { directory } = await shop();
  const { ask, bearer, notes } = await consoleHere(directory, "--read-only");
  const refused = await ask("POST", "/queues/tasks/messages", { payload: { to: "ada" } }, bearer);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ fix: expect.stringContaining("--read-only") });
  const queues = await ask("GET", "/queues");
  expect(await queues.json()).toMatchObject({ items: [{ id: "tasks", stats: { ready: 0 } }] });
  expect(notes).toEqual([]);
});

it("a console for other machines asks everybody for the token, and its page has it", async () => {
  const { directory } = await shop();
  const { ask, bearer, notes, page } = await consoleHere(directory, "--host", "127.0.0.1");
  expect(notes).toEqual([expect.stringMatching(/^warning {2}whoever reaches 127\.0\.0\.1:\d+ /)]);
  expect((await ask("GET", "/health")).status).toBe(200);
  for (const path of ["/queues", "/events", "/console/", "/openapi.json"]) {
    expect([path, (await ask("GET", path)).status]).toEqual([path, 401]);
  }
  const entered = await ask("GET", page);
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/console/"]);
  const [cookie = ""] = entered.headers.getSetCookie().map((each) => each.split(";")[0]);

  // As EventSource asks, which cannot show a token.
  const events = await ask("GET", "/events", undefined, { cookie });
  expect(events.headers.get("content-type")).toBe("text/event-stream");
  const message = { payload: { to: "ada" } };
  expect((await ask("POST", "/queues/tasks/messages", message, { cookie })).status).toBe(401);
  expect((await ask("POST", "/queues/tasks/messages", message, bearer)).status).toBe(202);
  expect(await until(events, '"ready":1')).toContain("event: stats");
});

it("a console tells programs the token that it drew, and Ctrl-C ends it with all that it has open", async () => {
  const project = await shop();
  vi.stubEnv("ALIEN_API_TOKEN", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const running = project.start("console", "--json");
  const { url, console: page, token } = JSON.parse(await running.line(/"url"/));
  expect(await (await fetch(page)).text()).toContain('<meta name="alien-api-token"');
  const events = await fetch(`${url}/events`);
  const send = (headers?: Record<string, string>) =>
    fetch(`${url}/queues/tasks/messages`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: '{"payload":{"to":7}}',
    });
  const unknown = await send();
  expect(unknown.status).toBe(401);
  expect(await unknown.json()).toMatchObject({
    fix: expect.stringContaining("alien console --json"),
  });
  expect((await send({ authorization: `Bearer ${token}` })).status).toBe(422);
  expect(await running.stop("SIGINT")).toBe(130);
  await expect(until(events, "never told")).rejects.toThrow("it ended");
  expect(running.stderr).toEqual([]);
});
