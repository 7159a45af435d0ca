import { type QueueBinding, type WrittenOptions, withDefaults } from "@alienplatform/bindings";
import type { Right } from "@alienplatform/core";
import type { Json, Place } from "@alienplatform/deploy";
import { readAddress } from "./address.ts";
import { arnOf } from "./arn.ts";
import { type AwsPlace, awsPlace } from "./aws-place.ts";
import { delayStatements, statement } from "./function/policy.ts";
import { QUEUE_ACTIONS } from "./function/rights.ts";
import type { PolicyDocument, PolicyStatement } from "./part-configs.ts";
import { readSchedulerAddress } from "./schedule/scheduler-address.ts";
import { readTableAddress } from "./table/table-address.ts";

/** What a process of one's own has to be allowed, by IAM, for these rights on the queues of these bindings. */
export function accessPolicy(
  place: Place,
  bindings: Readonly<Record<string, Json>>,
  rights: readonly Right[],
): PolicyDocument {
  const at = awsPlace(place);
  // Deploy wrote them, in this shape, without the options that every queue has.
  const written = Object.values(bindings) as unknown as readonly WrittenBinding[];
  const queues = written.map((each) => ({ ...each, options: withDefaults(each.options ?? {}) }));
  return {
    Version: "2012-10-17",
    Statement: [...new Set(rights)].flatMap((right) => statementsOf(right, queues, at)),
  };
}

type WrittenBinding = Omit<QueueBinding, "options"> & { readonly options?: WrittenOptions };

function statementsOf(
  right: Right,
  bindings: readonly QueueBinding[],
  at: AwsPlace,
): readonly PolicyStatement[] {
  const actions = QUEUE_ACTIONS[right];
  const { queue, deadLetters, copies, table } = actions;
  const addresses = bindings.map((binding) => ({ binding, address: readAddress(binding) }));
  const own = addresses.map(({ address }) => arnOfUrl(address.url, at));
  // The dead letters that are in a declared queue are its messages.
  const dead = addresses.flatMap(({ binding, address }) =>
    right === "operate" && binding.options.deadLetters !== undefined
      ? []
      : [arnOfUrl(address.deadLetterUrl, at)],
  );
  const standard = addresses.flatMap(({ binding, address }) =>
    binding.options.fifo === undefined ? [arnOfUrl(address.url, at)] : [],
  );
  const tables = bindings.flatMap((binding) => {
    const found = readTableAddress(binding);
    return found === undefined ? [] : [arnOf("dynamodb", `table/${found.name}`, at)];
  });
  const name = `${right.charAt(0).toUpperCase()}${right.slice(1)}`;
  const delays = bindings.flatMap((binding) => readSchedulerAddress(binding) ?? []);
  return [
    statement(name, queue, own),
    statement(`${name}DeadLetters`, deadLetters, dead),
    statement(`${name}Copies`, copies, standard),
    statement(`${name}State`, table, tables),
    ...delayStatements(name, actions, at, delays),
  ].filter((each) => each !== undefined);
}

/** A queue's URL ends with its name. */
function arnOfUrl(url: string, at: AwsPlace): string {
  return arnOf("sqs", new URL(url).pathname.split("/").at(-1) ?? "", at);
}
