import type { Cloud, Sent } from "./cloud.ts";

/** Cloudflare's HTTP API on our wire server. It has no SDK for this worth the name: fetch. */
export const cloudflare: Cloud = {
  name: "Cloudflare Queues over HTTP on our wire server",
  server: "cloudflare",
  sdk: "fetch",
  batch: 100,
  async open(server) {
    const queue = await server.make();
    const token = "a-token-of-the-tests";
    process.env.CLOUDFLARE_API_TOKEN = token;
    const { endpoint } = server;
    const account = "account-1";
    const call = async (path: string, body: unknown) => {
      const response = await fetch(`${endpoint}/accounts/${account}/queues/${queue}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      // As Cloudflare documents it.
      const { success, result } = (await response.json()) as {
        success: boolean;
        result: { messages: { body: string; lease_id: string }[] };
      };
      if (!success) throw new Error(`${path} was refused`);
      return result;
    };
    return {
      binding: {
        platform: "cloudflare",
        address: { kind: "http", account, queue, dead: `${queue}-dead`, endpoint },
      },
      hand: {
        send: (message) => call("/messages", toText(message)),
        sendBatch: (messages) => call("/messages/batch", { messages: messages.map(toText) }),
        async receive(max) {
          const { messages } = await call("/messages/pull", {
            batch_size: max,
            visibility_timeout_ms: 600_000,
          });
          return messages.map(({ body, lease_id }) => ({ ...split(body), handle: lease_id }));
        },
        ack: (messages) =>
          call("/messages/ack", {
            acks: messages.map(({ handle }) => ({ lease_id: handle })),
            retries: [],
          }),
        close: async () => undefined,
      },
    };
  },
};

/** Cloudflare has no attributes: what travels beside a body is its first line. */
function toText({ body, beside }: Sent) {
  return { body: beside === undefined ? body : `${beside}\n${body}`, content_type: "text" };
}

function split(text: string): Sent {
  const end = text.indexOf("\n");
  if (end === -1) return { body: text, beside: undefined };
  return { body: text.slice(end + 1), beside: text.slice(0, end) };
}
