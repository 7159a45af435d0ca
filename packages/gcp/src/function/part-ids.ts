import type { Consumer } from "@alienplatform/deploy";

type Named = Pick<Consumer, "id">;

/** The address of a function among the parts. */
export function functionPartId({ id }: Named): string {
  return `function/${id}`;
}

/** Of the service account that it runs as. */
export function accountPartId(consumer: Named): string {
  return `${functionPartId(consumer)}/account`;
}

/** Of the service account that Pub/Sub calls it as. */
export function pushAccountPartId(consumer: Named): string {
  return `${functionPartId(consumer)}/push-account`;
}

/** Of who may call it; the address of a function's URL is the same on all platforms. */
export function invokersPartId(consumer: Consumer): string {
  const isPublic = consumer.type === "function" && consumer.http;
  return `${functionPartId(consumer)}/${isPublic ? "url" : "invokers"}`;
}

/** Of the bucket that all code is in. */
export const BUCKET_PART = "code";
