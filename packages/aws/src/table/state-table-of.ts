import type { Clock, QueueBinding, StateTable } from "@alienplatform/bindings";
import { readAddress } from "../address.ts";
import type { SqsClients } from "../client.ts";
import { emulatorOf } from "../signed-http.ts";
import { DynamoTable } from "./dynamo-table.ts";
import { readTableAddress } from "./table-address.ts";

/** The table that a binding names, for the identity that asks SQS; undefined where it names none. Does no I/O. */
export function stateTableOf(
  binding: QueueBinding,
  clients: SqsClients,
  clock: Clock,
): StateTable | undefined {
  const table = readTableAddress(binding);
  if (table === undefined) return undefined;
  const { region, url } = readAddress(binding);
  // The very provider of SQS's client, so that a session is asked for once.
  return new DynamoTable({
    ...emulatorOf(url),
    ...table,
    region,
    clock,
    credentials: clients.calls.config.credentials,
  });
}
