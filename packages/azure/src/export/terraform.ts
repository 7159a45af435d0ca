import { environmentName } from "@alienplatform/core";
import { inSyntax, type Json, type TextSyntax, uniqueNames } from "@alienplatform/deploy";
import type { AzurePart } from "../azure-part.ts";
import type { AzurePlace } from "../azure-place.ts";
import type { AzureLowered } from "../lower.ts";
import type { PartConfigs } from "../part-configs.ts";
import { GROUP } from "../stage-parts.ts";
import { settingsOf, terraformTypeOf } from "./terraform-resources.ts";
import { writtenParts } from "./written-parts.ts";

/** The first with values of secrets that its state does not keep, on the line that this is written for. */
const PROVIDER = ">= 4.23, < 5";
/** https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only */
const TERRAFORM = ">= 1.11";

/**
 * The parts as a configuration of Terraform, in JSON. Code is taken from `code/<sha256>.zip` beside it. Secrets are made
 * with a first value that its state does not have, and never changed again.
 */
export function terraform({ parts, bindings }: AzureLowered, place: AzurePlace): string {
  const names = uniqueNames(
    parts.map(({ id }) => id),
    (id) => id.replaceAll("/", "_"),
  );
  const address = ({ id, type }: AzurePart) => `${terraformTypeOf(type)}.${names.get(id) ?? ""}`;
  const syntax: TextSyntax<AzurePart> = {
    // https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
    escape: (text) => text.replace(/[$%](?=\{)/g, (sign) => sign + sign),
    expression: (part, attribute) => expressionOf(address(part), part.type, attribute),
  };
  const byId = new Map(parts.map((part) => [part.id, part]));
  const partOf = (found: AzurePart | undefined, attribute: string): string =>
    found === undefined ? "" : syntax.expression(found, attribute);
  const surroundings = {
    group: `\${${terraformTypeOf("resource-group")}.${names.get(GROUP) ?? ""}.name}`,
    above: (type: keyof PartConfigs, name: string, attribute: string) =>
      partOf(
        parts.find((each) => each.type === type && each.name === name),
        attribute,
      ),
  };
  const resource: Record<string, Record<string, Json>> = {};
  for (const each of writtenParts(parts, place, syntax)) {
    const { part } = each;
    const after = (part.after ?? []).flatMap((id) => byId.get(id) ?? []).map(address);
    const type = terraformTypeOf(part.type);
    const made = resource[type] ?? {};
    resource[type] = made;
    made[names.get(part.id) ?? ""] = defined({
      ...settingsOf(each, place, surroundings),
      ...(after.length === 0 ? {} : { depends_on: after }),
    });
  }
  const random = parts.some(
    ({ type, config }) => type === "key-vault-secret" && config.firstValue === "random",
  );
  const vault = parts.some(({ type }) => type === "key-vault");
  const namespace = parts.find(({ type }) => type === "servicebus-namespace");
  const configuration = {
    terraform: {
      required_version: TERRAFORM,
      required_providers: {
        azurerm: { source: "hashicorp/azurerm", version: PROVIDER },
        ...(random ? { random: { source: "hashicorp/random", version: ">= 3.7" } } : {}),
      },
    },
    // No key opens the storage accounts.
    provider: {
      azurerm: { features: {}, subscription_id: place.subscription, storage_use_azuread: true },
    },
    ...(random
      ? { ephemeral: { random_password: { alien: { length: 43, special: false } } } }
      : {}),
    ...(vault ? { data: { azurerm_client_config: { alien: {} } } } : {}),
    // Of "https://<namespace>.servicebus.windows.net:443/".
    ...(namespace === undefined
      ? {}
      : {
          locals: {
            [HOST]: `\${split(":", split("//", ${address(namespace)}.endpoint)[1])[0]}`,
          },
        }),
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

/** What the provider calls an attribute of a part, where it has another name there than here. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "managed-identity principalId": "principal_id",
  "managed-identity clientId": "client_id",
  "storage-account blobs": "primary_blob_endpoint",
  "storage-account tables": "primary_table_endpoint",
  // Its id there is the address of what is in it, and roles are on what Resource Manager calls it.
  "storage-table id": "resource_manager_id",
  "key-vault uri": "vault_uri",
  "key-vault-secret id": "resource_versionless_id",
  "app-insights connection": "connection_string",
};

/** A local value: in JSON within a text no expression can have quotes. */
const HOST = "namespace_host";

function expressionOf(address: string, type: keyof PartConfigs, attribute: string): string {
  if (attribute === "host") return `\${local.${HOST}}`;
  if (type === "function-app" && attribute === "url") {
    return `https://\${${address}.default_hostname}`;
  }
  return `\${${address}.${ATTRIBUTES[`${type} ${attribute}`] ?? attribute}}`;
}

function defined(settings: Readonly<Record<string, Json | undefined>>): Json {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
