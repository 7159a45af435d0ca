import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import type { AtEnd } from "./peer.ts";
import { python } from "./python.ts";

/** A listener on "localhost" that speaks TLS and passes what comes on to a port that does not. */
export interface BehindTls {
  readonly port: number;
  /** The path of its certificate, which nobody knows who was not told. */
  readonly certificate: string;
}

export async function behindTls(plainPort: number, atEnd: AtEnd): Promise<BehindTls> {
  const folder = mkdtempSync(join(tmpdir(), "tls-"));
  await python(fileURLToPath(new URL("../python/certificate.py", import.meta.url)), [folder]);
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const sockets = new Set<Socket>();
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (socket) => {
      const plain = connect(plainPort, "127.0.0.1");
      sockets.add(socket).add(plain);
      // Whoever hangs up first ends the other.
      socket.on("error", () => plain.destroy()).on("close", () => plain.end());
      plain.on("error", () => socket.destroy()).on("close", () => socket.end());
      socket.pipe(plain).pipe(socket);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { port, certificate };
}
