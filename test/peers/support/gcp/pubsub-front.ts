import type { Server } from "node:http";
import { type AddressInfo, connect, createServer, type Server as TcpServer } from "node:net";

/** How a connection of HTTP/2, and so of gRPC, begins, and one that publishes by REST, as a task of Cloud Tasks does. */
const EMULATED = [Buffer.from("PRI "), Buffer.from("POST /v1/")];

/**
 * One port for both halves of Google: calls of gRPC, and publish requests of REST, go to the emulator, which has the messages;
 * those of REST otherwise to the control planes of the tests' Google. Answers "http://127.0.0.1:<port>/".
 */
export async function frontOf(
  google: Server,
  emulator: string,
): Promise<{ readonly url: string; readonly server: TcpServer }> {
  const [host = "", port = ""] = emulator.split(":");
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (first) => {
      socket.pause();
      socket.unshift(first);
      if (!EMULATED.some((start) => first.subarray(0, start.length).equals(start))) {
        google.emit("connection", socket);
        socket.resume();
        return;
      }
      const there = connect(Number(port), host);
      there.on("error", () => socket.destroy());
      socket.on("close", () => there.destroy());
      there.on("close", () => socket.destroy());
      socket.pipe(there).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port, as just asked.
  const address = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${address.port}/`, server };
}
