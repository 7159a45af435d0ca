import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { Ports } from "../src/dev/ports.ts";

it("a port is kept from all other programs, also from a dev that starts at the same time", async () => {
  const [first, second] = [new Ports(undefined), new Ports(undefined)];
  const ports = await Promise.all([first.of("a"), second.of("a"), first.of("b"), second.of("b")]);
  expect(new Set(ports).size).toBe(4);
  expect(await first.of("a")).toBe(ports[0]);
  const other = createServer().listen(ports[0], "127.0.0.1");
  const [error] = await once(other, "error");
  expect(error.code).toBe("EADDRINUSE");
  for (const id of ["a", "b"]) for (const each of [first, second]) each.release(id);
});
