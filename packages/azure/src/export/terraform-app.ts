import { operatorsOwn } from "../control/app-settings.ts";
import { triggerName } from "../names.ts";
import type { Settings } from "./settings.ts";
import type { WrittenAs } from "./written-parts.ts";

/** A function app, whose code is published with it. A pause is the operators': Terraform is told not to look. */
export function appResource({ config }: WrittenAs<"function-app">, made: Settings): Settings {
  const disabled = config.pausedAtFirst.map((trigger) => [operatorsOwn.disabled(trigger), "true"]);
  return {
    ...made,
    location: config.location,
    service_plan_id: config.plan,
    identity: { type: "UserAssigned", identity_ids: [config.identity] },
    storage_container_type: "blobContainer",
    storage_container_endpoint: config.packages,
    storage_authentication_type: "UserAssignedIdentity",
    storage_user_assigned_identity_id: config.identity,
    runtime_name: config.runtime,
    runtime_version: config.runtimeVersion,
    instance_memory_in_mb: config.instanceMemory,
    maximum_instance_count: config.maximumInstances,
    https_only: config.httpsOnly,
    app_settings: { ...config.settings, ...Object.fromEntries(disabled) },
    site_config: {},
    zip_deploy_file: `\${path.module}/code/${config.code.sha256}.zip`,
    lifecycle: { ignore_changes: ignored(triggersOf(config.settings)) },
  };
}

/** As the function's bundle reads it. */
function triggersOf({ ALIEN_FUNCTION = "{}" }: Readonly<Record<string, string>>) {
  const described: { readonly triggers?: readonly { readonly queue: string }[] } =
    JSON.parse(ALIEN_FUNCTION);
  return (described.triggers ?? []).map(({ queue }) => triggerName(queue));
}

/** What a pause sets: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes */
function ignored(triggers: readonly string[]): readonly string[] {
  return triggers.flatMap((trigger) =>
    [operatorsOwn.disabled(trigger), operatorsOwn.reason(trigger)].map(
      (name) => `app_settings[${JSON.stringify(name)}]`,
    ),
  );
}
