/**
 * What stands in `env` for a queue of the account: a Worker of miniflare's own kind, which hands each call to the server
 * that has the queue. QUEUE is its name, API the way out.
 */
export const QUEUE_BINDING = `export default function (env) {
  const call = async (route, body) => {
    const response = await env.API.fetch("http://account/" + env.QUEUE + "/" + route, {
      method: "POST",
      body: JSON.stringify(body ?? {}),
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  return {
    send: (body, options = {}) => call("messages/batch", { messages: [wire({ body, ...options })] }),
    sendBatch: (messages) => call("messages/batch", { messages: [...messages].map(wire) }),
    async metrics() {
      const { backlog_count, oldest_message_timestamp_ms } = await call("metrics");
      return { backlogCount: backlog_count, oldestMessageTimestamp: oldest_message_timestamp_ms };
    },
  };
}
const wire = ({ body, contentType, delaySeconds }) => ({ body, content_type: contentType, delay_seconds: delaySeconds });
`;

/** Hears what a Worker wrote, as tail Workers do: https://developers.cloudflare.com/workers/observability/logs/tail-workers/ */
export const TAIL = `export default { async tail(events, env) {
  await env.API.fetch("http://account/" + env.SCRIPT, { method: "POST", body: JSON.stringify(events) });
} };`;
