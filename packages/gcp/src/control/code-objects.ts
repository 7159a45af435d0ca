import type { PartContext } from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { GoogleRefusal, unlessGone } from "../google-refusal.ts";
import type { CloudFunctionConfig } from "../part-configs.ts";
import { labelsOf } from "./owner-labels.ts";

interface Listed {
  readonly items?: readonly { readonly name: string }[];
}

/**
 * The zips of functions in the bucket of a stage. Each bears the name of its function and of what is in it, so that the
 * function's own settings say which code it has, and none is ever written over.
 */
export class CodeObjects {
  readonly #google: GoogleClient;

  constructor(google: GoogleClient) {
    this.#google = google;
  }

  /** Uploads the code that is wanted, unless it is there. */
  async put(
    { name, owner, signal, artifact }: PartContext<CloudFunctionConfig>,
    { bucket, code }: CloudFunctionConfig,
  ): Promise<void> {
    const resource = { name: objectOf(name, code.sha256), metadata: labelsOf(owner) };
    const content = multipart(resource, await artifact(code.sha256));
    const path = `upload/storage/v1/b/${bucket}/o`;
    const query = { uploadType: "multipart", ifGenerationMatch: 0 };
    try {
      await this.#google.call("storage", { verb: "POST", path, query, content, signal });
    } catch (error) {
      // It has this very content, as its name says.
      if (!(error instanceof GoogleRefusal) || error.http !== 412) throw error;
    }
  }

  /** Removes those of a function, but for the code that is kept. */
  async removeOthers(
    { name, signal }: PartContext<CloudFunctionConfig>,
    bucket: string,
    kept?: string,
  ): Promise<void> {
    const path = `storage/v1/b/${bucket}/o`;
    const call = { verb: "GET", path, query: { prefix: `${name}-` }, signal } as const;
    const { items = [] } = (await unlessGone(this.#google.call<Listed>("storage", call))) ?? {};
    for (const item of items) {
      const sha256 = sha256Of(name, item.name);
      if (sha256 === undefined || sha256 === kept) continue;
      const object = `${path}/${encodeURIComponent(item.name)}`;
      await unlessGone(this.#google.call("storage", { verb: "DELETE", path: object, signal }));
    }
  }
}

/** "shop-dev-worker-<sha256>.zip" */
export function objectOf(name: string, sha256: string): string {
  return `${name}-${sha256}.zip`;
}

/** What the name of a function's zip says of it; undefined where it is another one's. */
export function sha256Of(name: string, object: string): string | undefined {
  if (!object.startsWith(`${name}-`)) return undefined;
  return /^([0-9a-f]{64})\.zip$/.exec(object.slice(name.length + 1))?.[1];
}

/** https://cloud.google.com/storage/docs/uploading-objects#uploading-an-object */
function multipart(resource: unknown, bytes: Uint8Array) {
  const boundary = "alien-part-of-an-upload";
  const head = `--${boundary}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(resource)}\r\n--${boundary}\r\ncontent-type: application/zip\r\n\r\n`;
  return {
    type: `multipart/related; boundary=${boundary}`,
    bytes: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
