import { AlienError } from "@alienplatform/core";
import type { Exporter } from "@alienplatform/deploy";
import { cloudflarePlace } from "./cloudflare-place.ts";
import { schemaFiles, schemaSteps } from "./export/schema-file.ts";
import { terraform } from "./export/terraform.ts";
import { wrangler } from "./export/wrangler.ts";
import { writtenParts } from "./export/written-parts.ts";
import { lower } from "./lower.ts";

/** The same parts for those who have a pipeline of their own. */
export const exporters = {
  wrangler: (stack, place, code) => {
    const { files, ...rest } = wrangler(lower(stack, place, code), cloudflarePlace(place));
    const [first, ...others] = Object.entries(files);
    if (first === undefined) {
      throw new AlienError(
        "UNSUPPORTED",
        `stack "${stack.name}" has no function, and wrangler configures nothing else`,
        {
          fix: "Use --format terraform, or add a function.",
        },
      );
    }
    const [name, text] = first;
    return { name, text, more: Object.fromEntries(others), ...rest };
  },
  terraform: (stack, place, code) => {
    const lowered = lower(stack, place, code);
    const secrets = lowered.parts.some(({ type }) => type === "worker-secret");
    return {
      name: "main.tf.json",
      text: terraform(lowered, cloudflarePlace(place)),
      unpacked: lowered.parts.flatMap(({ type, resource, config }) =>
        type === "worker" ? [{ sha256: config.code.sha256, folder: resource }] : [],
      ),
      more: Object.fromEntries(
        schemaFiles(
          writtenParts(lowered.parts, { escape: String, expression: ({ name }) => name }),
        ),
      ),
      next: [
        "terraform init",
        "terraform apply",
        ...lowered.parts.flatMap(schemaSteps),
        ...(secrets ? SECRETS : []),
      ],
    };
  },
} satisfies Readonly<Record<string, Exporter>>;

const SECRETS = [
  "npx wrangler secret put <variable> --name <worker>, for each secret of each Worker",
];
