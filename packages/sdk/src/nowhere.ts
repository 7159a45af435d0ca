import { AlienError } from "@alienplatform/core";

/** There is no platform around a function that is only asked for its handlers: "#platform" and "#operate" then. */
export async function load(platform: string): Promise<never> {
  const text = `queues of "${platform}" are not reached while a function is asked for its handlers`;
  throw new AlienError("BINDING_NOT_FOUND", text, {
    fix: "Send and receive in handlers, not while the file is loaded.",
    details: { platform },
  });
}
