// The host's worker for Node, which cannot be had: it gives the library for functions its other half, loads a package as its
// package.json says, tells what the package registers, and invokes it in the form that the host sends.
import { createRequire, Module } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , folder] = process.argv;
const registered = new Map();
let model;

const core = {
  version: "3",
  hostVersion: "4",
  registerFunction: (metadata, callback) =>
    void registered.set(metadata.name, { metadata, callback }),
  setProgrammingModel: (given) => {
    model = given;
  },
  registerHook: () => ({ dispose: () => undefined }),
  log: () => undefined,
};
const require_ = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : require_.call(this, id);
};

const { main } = createRequire(import.meta.url)(join(folder, "package.json"));
await import(pathToFileURL(join(folder, main)).href);

process.on("message", async ({ id, name, data, triggerMetadata }) => {
  const { metadata, callback } = registered.get(name);
  const [binding] = Object.keys(metadata.bindings);
  const request = {
    invocationId: id,
    inputData: [{ name: binding, data: bytesOf(data) }],
    triggerMetadata,
  };
  try {
    const invocation = model.getInvocationModel({
      invocationId: id,
      metadata,
      request,
      log: (_level, _category, text) => process.stdout.write(`${text}\n`),
    });
    const { context, inputs } = await invocation.getArguments();
    const result = await invocation.invokeFunction(context, inputs, callback);
    process.send({ id, response: await invocation.getResponse(context, result) });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
process.send({ functions: [...registered.values()].map(({ metadata }) => metadata) });

/** Bytes come through the pipe of the two processes as base64. */
function bytesOf({ bytes, http }) {
  if (bytes !== undefined) return { bytes: Buffer.from(bytes, "base64") };
  const body = http.body === undefined ? undefined : { bytes: Buffer.from(http.body, "base64") };
  return { http: { ...http, body } };
}
