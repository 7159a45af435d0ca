import { once } from "node:events";
import { connect } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { ArmServer } from "./arm-server.ts";

it("outlives whoever is gone in the middle of a request", async () => {
  const server = await ArmServer.start();
  onTestFinished(() => server.close());
  const rejected: unknown[] = [];
  const keep = (reason: unknown) => rejected.push(reason);
  process.on("unhandledRejection", keep);
  onTestFinished(() => void process.off("unhandledRejection", keep));

  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  // The server says that it has begun to read, as it is asked to.
  socket.write("PUT /x HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n");
  await once(socket, "data");
  socket.write("half");
  socket.destroy();
  await once(socket, "close");

  expect((await fetch(server.url)).status).toBeGreaterThanOrEqual(400);
  expect(rejected).toEqual([]);
});
