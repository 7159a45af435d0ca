import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { readSecrets } from "@alienplatform/aws/secrets";
import { expect, it, onTestFinished, vi } from "vitest";

/** Parameter Store as far as GetParameters goes; answers what it was asked. */
async function parameterStore(values: Readonly<Record<string, string>>, refusal?: string) {
  const asked: (readonly string[])[] = [];
  const server = createServer(async (request, response) => {
    const { Names, WithDecryption } = (await json(request)) as {
      Names: string[];
      WithDecryption: boolean;
    };
    asked.push(Names);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    if (refusal !== undefined || !WithDecryption || Names.length > 10) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: refusal ?? "ValidationException", message: "no" }));
      return;
    }
    const found = Names.filter((name) => name in values);
    response.end(
      JSON.stringify({ Parameters: found.map((Name) => ({ Name, Value: values[Name] })) }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // The server listens on a port.
  const { port } = server.address() as AddressInfo;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
  })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  return asked;
}

const named = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`V${at}`, `/alien/v${at}`]));

it("reads each secret by the name of its parameter, ten at a time", async () => {
  const values = Object.fromEntries(Object.values(named(12)).map((name) => [name, `of ${name}`]));
  const asked = await parameterStore(values);
  const read = await readSecrets({ ALIEN_SECRETS: JSON.stringify(named(12)) });
  expect(read).toEqual(
    Object.fromEntries(Object.entries(named(12)).map(([name, at]) => [name, `of ${at}`])),
  );
  expect(asked.map((names) => names.length)).toEqual([10, 2]);
});

it("asks for nothing where there are none", async () => {
  const asked = await parameterStore({});
  expect(await readSecrets({})).toEqual({});
  expect(asked).toEqual([]);
});

it.each([{}, { "/alien/v0": "alien:not-set" }])(
  "names a secret without a value: %j",
  async (values) => {
    await parameterStore(values);
    await expect(readSecrets({ ALIEN_SECRETS: JSON.stringify(named(1)) })).rejects.toMatchObject({
      code: "SECRET_MISSING",
      fix: "Run: alien secret set V0, with the --stage of this function.",
    });
  },
);

it("tells a refusal from a passing failure", async () => {
  await parameterStore({}, "AccessDeniedException");
  await expect(readSecrets({ ALIEN_SECRETS: JSON.stringify(named(1)) })).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    retryable: false,
  });
  await parameterStore({}, "InvalidKeyId");
  await expect(readSecrets({ ALIEN_SECRETS: JSON.stringify(named(1)) })).rejects.toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    retryable: true,
  });
});
