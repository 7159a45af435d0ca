import { once } from "node:events";
import dynalite from "dynalite";
import { jsonAnswer, type Layer } from "./aws-answer.ts";

/** DynamoDB, which fauxqs has not, by dynalite, which knows neither lifetimes nor tags at a table's birth: a layer, and what ends it. */
export async function localTables(): Promise<{ readonly layer: Layer; close(): void }> {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("dynalite has no port");
  const endpoint = `http://127.0.0.1:${address.port}/`;
  const lifetimes = new Map<unknown, unknown>();
  const layer: Layer = async (call, pass) => {
    if (call.service !== "dynamodb") return pass(call);
    const { TableName, TimeToLiveSpecification } = call.input;
    if (call.action === "DeleteTable") lifetimes.delete(TableName);
    if (call.action === "UpdateTimeToLive") {
      lifetimes.set(TableName, Object(TimeToLiveSpecification).AttributeName);
      return jsonAnswer({ TimeToLiveSpecification });
    }
    if (call.action === "DescribeTimeToLive" && lifetimes.has(TableName)) {
      const AttributeName = lifetimes.get(TableName);
      return jsonAnswer({ TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName } });
    }
    const headers = new Headers();
    for (const name of ["content-type", "x-amz-target", "authorization", "x-amz-date"]) {
      headers.set(name, String(call.headers[name] ?? ""));
    }
    const answer = await fetch(endpoint, {
      method: "POST",
      headers,
      body: new Uint8Array(call.body),
    });
    const type = answer.headers.get("content-type") ?? "application/x-amz-json-1.0";
    return {
      status: answer.status,
      headers: { "content-type": type },
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };
  return { layer, close: () => void server.close() };
}
