// Calls the function of a bundle as Azure's library does, whose host cannot be had: a request in, an answer out.
const { default: run } = await import(process.argv[2]);

process.on("message", async ({ method, url, headers, body }) => {
  const bytes = body === undefined ? undefined : Buffer.from(body, "base64");
  const request = new Request(url, { method, headers, body: bytes });
  const answer = await run(request, { functionName: "worker-http" });
  process.send({ ...answer, body: Buffer.from(answer.body).toString("base64") });
});
process.send("ready");
