// What runs a function's file in Lambda, written from AWS's description of the interface that it talks to:
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. AWS's own runs in test/peers.
import { pathToFileURL } from "node:url";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body) =>
  fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(body) });

const { default: handler } = await import(pathToFileURL(process.argv[2]).href);
for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadlineMs = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  try {
    const answer = await handler(await next.json(), context);
    await post(`invocation/${id}/response`, answer ?? null);
  } catch ({ name, message }) {
    await post(`invocation/${id}/error`, { errorType: name, errorMessage: message });
  }
}
