import { env } from "cloudflare:workers";
import { ack, deadLetter, onQueueMessage, retry } from "@alienplatform/sdk";
import type { Verdict } from "../../probe.ts";

interface Probe {
  fetch(
    url: string,
    request: { readonly method: "POST"; readonly body: string },
  ): Promise<Response>;
}

/** Asks the test what to do. */
onQueueMessage("*", async (message) => {
  const probe = env.PROBE as Probe; // bound by the test
  const body = JSON.stringify({ handled: message.queue, message });
  const answer = await probe.fetch("http://probe/", { method: "POST", body });
  const verdict = (await answer.json()) as Verdict; // the test's own
  switch (verdict.kind) {
    case "ack":
      return ack({ done: true });
    case "retry":
      return retry("the test said so", verdict.delay === undefined ? {} : { delay: verdict.delay });
    case "deadLetter":
      return deadLetter("the test said so");
    case "throw":
      throw new RangeError("the test said so");
  }
});
