// receiver.ts
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { AlienError } from "@alienplatform/core";
import { verifyRequest } from "@alienplatform/sdk/http";

interface Invoice {
  readonly total: number;
}

const server = createServer(async (request, response) => {
  try {
    const { headers } = request;
    // The body as it came: what a framework has parsed and written again has another signature.
    const body = await buffer(request);
    const message = await verifyRequest<Invoice>(
      { headers, body },
      process.env.ALIEN_SIGNING_SECRET,
    );
    console.log(`billed ${message.payload.total} at attempt ${message.attempt}`);
    response.writeHead(204).end();
  } catch (error) {
    const refused = error instanceof AlienError && error.code === "SIGNATURE_INVALID";
    response.writeHead(refused ? 401 : 500).end();
  }
});
server.listen(Number(process.env.PORT ?? 8080), () => console.log("listening", server.address()));
