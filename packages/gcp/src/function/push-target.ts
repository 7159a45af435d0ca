import type { Consumer } from "@alienplatform/deploy";
import type { PushTarget } from "../address.ts";
import type { GcpPlace } from "../gcp-place.ts";
import { emailOf, functionUrl, pushAccountName } from "../names.ts";
import { PUSH_PATH } from "./push-path.ts";

/** Of a function: all of it follows from names, so that it can be in the function's own environment. */
export function pushTarget(consumer: Consumer, place: GcpPlace): PushTarget {
  const audience = functionUrl(place, consumer.id);
  const http = consumer.type === "function" && consumer.http;
  return {
    endpoint: http ? `${audience}${PUSH_PATH}` : `${audience}/`,
    audience,
    serviceAccount: emailOf(place, pushAccountName(place, consumer.id)),
  };
}
