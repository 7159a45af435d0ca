import { unzipSync } from "fflate";
import type { WorkerConfig } from "../part-configs.ts";

/**
 * What the Worker's code is, by the zip file that it was uploaded from. Cloudflare hashes what it was given in its own way;
 * a variable is part of each version, so a rollback in the dashboard brings the former one back, and is noticed.
 */
export const CODE = "ALIEN_CODE";

/** What Cloudflare takes for a module, by the file's end. */
const MODULE = "application/javascript+module";
/** Kept beside the module, so that stack traces lead to the sources: https://developers.cloudflare.com/workers/observability/source-maps/ */
const SOURCE_MAP = "application/source-map";

/**
 * The form that makes a Worker, or its next version: metadata, and a part for each file of the bundle. Secrets stay, as all
 * that is not named here and not kept would go: https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/
 */
export function uploadOf(config: WorkerConfig, zip: Uint8Array, tags: readonly string[]): FormData {
  const { code, mainModule, queues, databases, environment } = config;
  const texts = { ...environment, [CODE]: code.sha256 };
  const metadata = {
    main_module: mainModule,
    compatibility_date: config.compatibilityDate,
    compatibility_flags: config.compatibilityFlags,
    bindings: [
      ...Object.entries(queues).map(([name, queue_name]) => ({ type: "queue", name, queue_name })),
      ...Object.entries(databases).map(([name, id]) => ({ type: "d1", name, id })),
      ...Object.entries(texts).map(([name, text]) => ({ type: "plain_text", name, text })),
    ],
    keep_bindings: ["secret_text"],
    observability: { enabled: config.observability },
    tags,
  };
  const form = new FormData();
  form.set("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }));
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    const type = name.endsWith(".map") ? SOURCE_MAP : MODULE;
    form.set(name, new Blob([new Uint8Array(bytes)], { type }), name);
  }
  return form;
}
