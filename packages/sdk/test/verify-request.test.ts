import { Signer } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { verifyRequest } from "@alienplatform/sdk/http";
import { expect, test } from "vitest";

const secret = "right";
const signedAt = Date.UTC(2030, 0, 1);
const body =
  '{"queue":"tasks","id":"1","kind":"json","payload":{"n":12345678901234567890},"attempt":1}';

/** A good request, for a receiver whose clock is `skewMs` ahead. */
async function signed({ with: by = secret, text = body, skewMs = 0 } = {}) {
  const signature = await new Signer(by).sign(new TextEncoder().encode(text), signedAt);
  return {
    headers: { "x-alien-signature": signature } as Record<string, string>,
    body: text,
    now: () => signedAt + skewMs,
  };
}

const refusal = (reason: string) =>
  expect.objectContaining({ code: "SIGNATURE_INVALID", details: { reason } });

test("what was signed is answered as a message, with the text itself", async () => {
  const { now, ...request } = await signed();
  const message = await verifyRequest<{ n: number }>(request, secret, { now });
  expect(message).toMatchObject({ queue: "tasks", id: "1", attempt: 1, text: body });
  expect(message.text).toContain("12345678901234567890");
});

test("a Request, bytes and headers of every kind are read", async () => {
  const { now, headers } = await signed();
  const value = headers["x-alien-signature"] ?? "";
  const bytes = Buffer.from(body);
  for (const request of [
    new Request("http://localhost/", { method: "POST", headers, body }),
    { headers: new Headers(headers), body: bytes },
    { headers: { "X-Alien-Signature": value }, body: bytes },
    { headers: { "x-alien-signature": [value] }, body },
  ]) {
    expect((await verifyRequest(request, secret, { now })).id).toBe("1");
  }
});

test("a forged request is refused, whatever is wrong with it", async () => {
  const { now, headers } = await signed();
  const other = await signed({ text: body.replace('"1"', '"2"') });
  const header = headers["x-alien-signature"] ?? "";
  const refused = (sent: object, reason: string, given: string | undefined = body) =>
    expect(verifyRequest({ headers: { ...sent }, body: given }, secret, { now })).rejects.toEqual(
      refusal(reason),
    );
  await refused({}, "missing");
  await refused({ "x-alien-signature": "" }, "missing");
  // A signature of somebody else's, of another message, for another time, or of a body that was changed.
  await refused((await signed({ with: "wrong" })).headers, "mismatch");
  await refused(other.headers, "mismatch");
  await refused({ "x-alien-signature": header.replace(/t=\d+/, "t=1893456001") }, "mismatch");
  await refused(headers, "mismatch", body.replace("123", "124"));
  await refused(headers, "mismatch", `${body} `);
  await refused(headers, "mismatch", "");
  for (const malformed of [
    `v1=${"0".repeat(64)}`,
    "t=1893456000",
    "t=1893456000,v1=",
    `t=now,v1=${"0".repeat(64)}`,
    `t=-5,v1=${"0".repeat(64)}`,
    `t=1893456000,v1=${"0".repeat(63)}`,
    `t=1893456000,v1=${"g".repeat(64)}`,
    // Two times: which of them was signed would be a matter of taste.
    `t=1893456000,${header}`,
    `${header},${header}`,
    // Work for nothing.
    `t=1893456000${`,v1=${"0".repeat(64)}`.repeat(1_000)}`,
  ]) {
    await refused({ "x-alien-signature": malformed }, "malformed");
  }
});

test("a request is good for five minutes in both directions, or for what is asked", async () => {
  for (const skewMs of [-300_000, 0, 300_000]) {
    const { now, ...request } = await signed({ skewMs });
    expect((await verifyRequest(request, secret, { now })).id).toBe("1");
  }
  for (const skewMs of [-301_000, 301_000, 86_400_000]) {
    const { now, ...request } = await signed({ skewMs });
    await expect(verifyRequest(request, secret, { now })).rejects.toEqual(refusal("expired"));
  }
  const { now, ...request } = await signed({ skewMs: 61_000 });
  const options = { now, tolerance: "1m" } as const;
  await expect(verifyRequest(request, secret, options)).rejects.toEqual(refusal("expired"));
});

test("several secrets are tried, and several signatures", async () => {
  const { now, headers } = await signed();
  const [time, good] = (headers["x-alien-signature"] ?? "").split(",");
  const both = { "x-alien-signature": `${time},v1=${"0".repeat(64)},${good},v9=later` };
  const message = await verifyRequest({ headers: both, body }, ["next", secret], { now });
  expect(message.id).toBe("1");
  const verified = verifyRequest({ headers, body }, ["next", "last"], { now });
  await expect(verified).rejects.toEqual(refusal("mismatch"));
});

test("without a secret nothing is good", async () => {
  const { now, ...request } = await signed({ with: "x" });
  for (const missing of [undefined, "", [], ["", secret]]) {
    const verified = verifyRequest(request, missing, { now });
    await expect(verified).rejects.toMatchObject({ code: "SECRET_MISSING" });
  }
});

test("a body that was read or parsed already is the caller's mistake", async () => {
  const { now, headers } = await signed();
  const read = new Request("http://localhost/", { method: "POST", headers, body });
  await read.text();
  await expect(verifyRequest(read, secret, { now })).rejects.toThrow(TypeError);
  // What a framework makes of JSON, which the types refuse.
  const parsed = { headers, body: JSON.parse(body) as string };
  await expect(verifyRequest(parsed, secret, { now })).rejects.toThrow(/as it came/);
});

test("no error tells the secret, or what the signature should have been", async () => {
  const { now, headers } = await signed();
  const expected = /v1=(.*)/.exec(headers["x-alien-signature"] ?? "")?.[1] ?? "";
  const forged = { "x-alien-signature": `t=1893456000,v1=${"0".repeat(64)}` };
  const error = await verifyRequest({ headers: forged, body }, secret, { now }).catch((e) => e);
  expect(error).toBeInstanceOf(AlienError);
  const told = JSON.stringify(error) + error.stack;
  expect(told).not.toContain(expected);
  expect(told).not.toContain(`"${secret}"`);
});
