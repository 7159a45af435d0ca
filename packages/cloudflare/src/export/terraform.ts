import { environmentName } from "@alienplatform/core";
import { inSyntax, type Json, type TextSyntax } from "@alienplatform/deploy";
import type { CloudflarePart } from "../cloudflare-part.ts";
import type { CloudflarePlace } from "../cloudflare-place.ts";
import type { CloudflareLowered } from "../lower.ts";
import type { PartConfigs } from "../part-configs.ts";
import { terraformSettings } from "./terraform-settings.ts";
import { writtenParts } from "./written-parts.ts";

/** The one with settings of queues and consumers, and bindings as one list. */
const PROVIDER = "~> 5.12";

const TYPES: Readonly<Record<keyof PartConfigs, string | undefined>> = {
  queue: "cloudflare_queue",
  "d1-database": "cloudflare_d1_database",
  "queue-consumer": "cloudflare_queue_consumer",
  worker: "cloudflare_workers_script",
  "worker-url": "cloudflare_workers_script_subdomain",
  // The provider has secrets as values in its state alone; `alien secret set`, or wrangler, writes them.
  "worker-secret": undefined,
};

/** The parts as a configuration of Terraform, in JSON. Code is taken from `<function>/index.mjs` beside it. */
export function terraform({ parts, bindings }: CloudflareLowered, place: CloudflarePlace): string {
  const syntax: TextSyntax<CloudflarePart> = {
    escape: quoted,
    expression: (part, attribute) =>
      part.known?.[attribute] ??
      `\${${TYPES[part.type]}.${nameOf(part)}.${part.type === "queue" && attribute === "id" ? "queue_id" : attribute}}`,
  };
  const resource: Record<string, Record<string, Json>> = {};
  for (const each of writtenParts(parts, syntax)) {
    const type = TYPES[each.type];
    if (type === undefined) continue;
    const made = resource[type] ?? {};
    resource[type] = made;
    // Names are certain, so no expression says what has to be there first.
    const after = neededBy(each.part, parts);
    made[nameOf(each.part)] = {
      account_id: place.account,
      ...terraformSettings(each),
      ...(after.length === 0 ? {} : { depends_on: after }),
    };
  }
  const configuration = {
    terraform: {
      required_providers: { cloudflare: { source: "cloudflare/cloudflare", version: PROVIDER } },
    },
    resource,
    output: Object.fromEntries(
      Object.entries(bindings).map(([queue, binding]) => [
        environmentName(queue),
        {
          description: "What this variable holds in a process of your own.",
          value: inSyntax({ $json: binding }, parts, syntax),
        },
      ]),
    ),
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

function neededBy(part: CloudflarePart, parts: readonly CloudflarePart[]): readonly string[] {
  const text = JSON.stringify(part.config);
  return parts.flatMap((other) => {
    const type = TYPES[other.type];
    const named = text.includes(`{"$ref":${JSON.stringify(other.id)},`);
    return named && type !== undefined ? [`${type}.${nameOf(other)}`] : [];
  });
}

/** "queue/tasks/dead-letters" is queue_tasks_dead-letters. */
function nameOf({ id }: CloudflarePart): string {
  return id.replaceAll("/", "_");
}

/** https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences */
function quoted(text: string): string {
  return text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
