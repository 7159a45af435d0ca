import { type QueueBinding, type WrittenOptions, withDefaults } from "@alienplatform/bindings";
import type { Right } from "@alienplatform/core";
import type { Json, Place } from "@alienplatform/deploy";
import { readAddress } from "./address.ts";
import { type AzurePlace, azurePlace } from "./azure-place.ts";
import { QUEUE_ROLES, ROLES, type RoleName, TABLE_CONTRIBUTOR } from "./function/rights.ts";
import { namespaceName, stateAccountName } from "./names.ts";
import { queueId, tableId } from "./resource-ids.ts";
import { readTableAddress } from "./table/table-address.ts";

/** What a process of one's own has to be assigned for these rights on the queues of these bindings: roles, each on a scope. */
export function accessPolicy(
  place: Place,
  bindings: Readonly<Record<string, Json>>,
  rights: readonly Right[],
): Json {
  const at = azurePlace(place);
  // Deploy wrote them, in this shape, without the options that every queue has.
  const written = Object.values(bindings) as unknown as readonly WrittenBinding[];
  const queues = written.map((each) => ({ ...each, options: withDefaults(each.options ?? {}) }));
  const found = queues.flatMap((binding) => [
    ...rights.flatMap((right) => rolesOf(right, binding, at)),
    ...(rights.length === 0 ? [] : rolesOnTable(binding, at)),
  ]);
  const once = new Map(found.map((each) => [`${each.roleDefinitionId} ${each.scope}`, each]));
  return { roleAssignments: [...once.values()] };
}

type WrittenBinding = Omit<QueueBinding, "options"> & { readonly options?: WrittenOptions };

function rolesOf(right: Right, binding: QueueBinding, at: AzurePlace) {
  const { queue, deadQueue } = readAddress(binding);
  const { queue: own, deadLetters } = QUEUE_ROLES[right];
  // The dead letters that are in a declared queue are its messages.
  const dead = right === "operate" && binding.options.deadLetters !== undefined ? [] : deadLetters;
  const namespace = namespaceName(at);
  const on = (name: string) => queueId(at, `${namespace}/${name}`);
  return [
    ...own.map((role) => assigned(role, on(queue))),
    ...dead.map((role) => assigned(role, on(deadQueue))),
  ];
}

/** A stage that was deployed by an earlier version has none yet. */
function rolesOnTable(binding: QueueBinding, at: AzurePlace) {
  const table = readTableAddress(binding);
  if (table === undefined) return [];
  return [assigned(TABLE_CONTRIBUTOR, tableId(at, `${stateAccountName(at)}/${table.name}`))];
}

function assigned(role: RoleName, scope: string) {
  return { role, roleDefinitionId: ROLES[role], scope };
}
