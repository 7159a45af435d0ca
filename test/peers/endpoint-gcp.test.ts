import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect, it, onTestFinished, vi } from "vitest";
import { Project } from "../../packages/cli/test/journey.ts";
import { answering } from "./support/answering.ts";
import { endpointProject } from "./support/gcp/endpoint-project.ts";
import { startGoogle } from "./support/gcp/start-google.ts";

const { world, host, environment } = await startGoogle();
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

/** Half a dozen commands, each a process of its own, on a machine that is busy with other work. */
const MOST_MS = 600_000;
const on = ["--platform", "gcp", "--stage", "dev"];

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program that is not ours: fails the first time, refuses "bad", and takes the rest. */
async function startBilling() {
  const posted: Posted[] = [];
  const server = createServer(
    answering(async (request, response) => {
      const body = (await buffer(request)).toString();
      posted.push({ headers: request.headers, body });
      const status = posted.length === 1 ? 503 : body.includes('"bad"') ? 422 : 204;
      response.writeHead(status).end();
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  // It listens on a port, as just asked.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/jobs`, posted };
}

it(
  "an endpoint gets signed requests, and a function its secret and its HTTP, where they are deployed",
  async () => {
    const billing = await startBilling();
    const project = await Project.create(endpointProject(billing.url));
    onTestFinished(() => project.remove());
    const alien = async (...args: readonly string[]) => {
      const answer = await project.alien(...args, ...on);
      if (answer.status !== 0) throw new Error(`alien ${args.join(" ")}: ${answer.stderr}`);
      return answer.stdout;
    };
    await alien("deploy", "--yes");
    const setting = project.start("secret", "set", "TOKEN", ...on);
    setting.process.stdin?.end("s3cret");
    expect(await setting.ended).toBe(0);

    const post = (token: string, body: string) =>
      fetch(`${host.urlOf("shop-dev-web")}/`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body,
      });
    expect((await post("wrong", "{}")).status).toBe(401);
    const answer = await post("s3cret", '{"total":12}');
    expect(answer.status, world.logs.at(-1)?.text).toBe(202);
    // As the function answers it.
    const { id } = (await answer.json()) as { readonly id: string };
    // The first attempt failed, and is no message that was handled.
    await host.until(1);
    expect(billing.posted.map(({ headers }) => headers["x-alien-attempt"])).toEqual(["1", "2"]);
    const path = "projects/shop-prod/secrets/shop-dev-ALIEN_SIGNING_SECRET";
    const [value = ""] = world.secrets.get(path)?.versions ?? [];
    const secret = Buffer.from(value, "base64").toString();
    for (const { headers, body } of billing.posted) {
      expect(JSON.parse(body)).toMatchObject({ queue: "invoices", id, payload: { total: 12 } });
      expect(headers).toMatchObject({
        "x-alien-queue": "invoices",
        "x-alien-message-id": id,
        "content-type": "application/json",
      });
      const [, at, signature] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-alien-signature"])) ?? [];
      expect(signature).toBe(createHmac("sha256", secret).update(`${at}.${body}`).digest("hex"));
      expect(Math.abs(Number(at) - Date.now() / 1_000)).toBeLessThan(300);
    }
    // Nobody but its own push account calls the endpoint's function.
    const service = "projects/shop-prod/locations/europe-west1/services/shop-dev-billing";
    expect(world.policies.get(service)?.bindings).toEqual([
      {
        role: "roles/run.invoker",
        members: ["serviceAccount:shop-dev-billing-push@shop-prod.iam.gserviceaccount.com"],
      },
    ]);
    expect((await fetch(host.urlOf("shop-dev-billing"), { method: "POST" })).status).toBe(401);

    await post("s3cret", '{"name":"bad"}');
    await host.until(2);
    expect(await alien("dead", "ls", "invoices")).toContain("HTTP_422");
    // What is no message of ours is none of the endpoint's either.
    expect(billing.posted).toHaveLength(3);
    const consent = ["invoices", "web"].flatMap((each) => ["--allow-data-loss", each]);
    await alien("destroy", "--yes", ...consent);
  },
  MOST_MS,
);
