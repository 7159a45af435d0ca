import {
  type AwsAnswer,
  type Fields,
  jsonAnswer,
  type Layer,
  refusal,
  rewritten,
} from "./aws-answer.ts";
import { type AwsCall, withInput } from "./aws-call.ts";
import { functionName } from "./lambda-route.ts";

interface Kept {
  /** As the last answer had it. */
  fields: Fields;
  enabled: boolean;
  /** What it is on its way from, and how many reads still see it so. */
  passing: { readonly state: string; reads: number };
  deleted: boolean;
}

/**
 * Event source mappings as Lambda has them. Moto hands an enabled one its messages itself, so it gets none, and the State
 * is ours; it also knows no states on the way, and does not mind a second mapping of the same two ends, nor one that it
 * does not know. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export class EventSourceMappings {
  readonly #kept = new Map<string, Kept>();
  readonly #readsUntilSettled: number;
  readonly #listeners = new Set<() => void>();

  constructor({ readsUntilSettled }: { readonly readsUntilSettled: number }) {
    this.#readsUntilSettled = readsUntilSettled;
  }

  /** Those that are not deleted, as AWS knows them by itself: State is "Enabled" or "Disabled". */
  all(): readonly Fields[] {
    return [...this.#kept.values()]
      .filter(({ deleted }) => !deleted)
      .map(({ fields, enabled }) => ({ ...fields, State: steady(enabled) }));
  }

  /** Is called after each that was made, changed or deleted. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  readonly layer: Layer = async (call, pass) => {
    switch (call.action) {
      case "CreateEventSourceMapping":
        return this.#create(call, pass);
      case "UpdateEventSourceMapping":
        return this.#known(call) ?? this.#busy(call) ?? this.#update(call, pass);
      case "DeleteEventSourceMapping":
        return this.#known(call) ?? this.#busy(call) ?? this.#delete(call, pass);
      case "GetEventSourceMapping":
        return this.#deleted(call) ?? this.#read(await pass(call));
      case "ListEventSourceMappings":
        return this.#list(call, await pass(call));
      default:
        return pass(call);
    }
  };

  async #create(call: AwsCall, pass: (call: AwsCall) => Promise<AwsAnswer>): Promise<AwsAnswer> {
    const { FunctionName, EventSourceArn, Enabled = true } = call.input;
    const name = functionName(String(FunctionName));
    for (const [uuid, { fields }] of this.#kept) {
      if (fields.EventSourceArn !== EventSourceArn || nameOf(fields) !== name) continue;
      const text = `An event source mapping with SQS arn (" ${EventSourceArn} ") and function (" ${name} ") already exists. Please update or delete the existing mapping with UUID ${uuid}`;
      return refusal(call, 409, "ResourceConflictException", text);
    }
    const answer = await pass(withInput(call, { ...call.input, Enabled: false }));
    return rewritten(answer, (fields) => {
      const passing = { state: "Creating", reads: this.#readsUntilSettled };
      const kept = { fields, enabled: Enabled === true, passing, deleted: false };
      this.#kept.set(String(fields.UUID), kept);
      this.#tell();
      return { ...fields, State: stateOf(kept) };
    });
  }

  async #update(call: AwsCall, pass: (call: AwsCall) => Promise<AwsAnswer>): Promise<AwsAnswer> {
    const { Enabled } = call.input;
    const answer = await pass(withInput(call, { ...call.input, Enabled: false }));
    return rewritten(answer, (fields) => {
      const kept = this.#of(fields);
      if (kept === undefined) return fields;
      const turned = typeof Enabled === "boolean" && Enabled !== kept.enabled;
      const state = turned ? (Enabled ? "Enabling" : "Disabling") : "Updating";
      kept.fields = fields;
      kept.enabled = turned ? Enabled : kept.enabled;
      kept.passing = { state, reads: this.#readsUntilSettled };
      this.#tell();
      return { ...fields, State: stateOf(kept) };
    });
  }

  async #delete(call: AwsCall, pass: (call: AwsCall) => Promise<AwsAnswer>): Promise<AwsAnswer> {
    return rewritten(await pass(call), (fields) => {
      const kept = this.#of(fields);
      if (kept === undefined) return fields;
      kept.deleted = true;
      kept.passing = { state: "Deleting", reads: this.#readsUntilSettled };
      if (kept.passing.reads === 0) this.#kept.delete(String(fields.UUID));
      this.#tell();
      return { ...fields, State: "Deleting" };
    });
  }

  #read(answer: AwsAnswer): AwsAnswer {
    return rewritten(answer, (fields) => this.#seen(fields));
  }

  #list(call: AwsCall, answer: AwsAnswer): AwsAnswer {
    const query = new URLSearchParams(call.path.split("?")[1]);
    const [name, arn] = [query.get("FunctionName"), query.get("EventSourceArn")];
    return rewritten(answer, (fields) => {
      const found = fields.EventSourceMappings as Fields[]; // moto lists them so
      const leaving = [...this.#kept.values()].filter(
        (kept) =>
          kept.deleted &&
          (name === null || nameOf(kept.fields) === functionName(name)) &&
          (arn === null || kept.fields.EventSourceArn === arn),
      );
      const all = [...found, ...leaving.map((kept) => kept.fields)];
      return { ...fields, EventSourceMappings: all.map((each) => this.#seen(each)) };
    });
  }

  /** The mapping as this read sees it. */
  #seen(fields: Fields): Fields {
    const kept = this.#of(fields);
    if (kept === undefined) return fields;
    const state = stateOf(kept);
    if (kept.passing.reads > 0) kept.passing.reads -= 1;
    if (kept.deleted && kept.passing.reads === 0) this.#kept.delete(String(fields.UUID));
    return { ...fields, State: state };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #of({ UUID }: Fields): Kept | undefined {
    return this.#kept.get(String(UUID));
  }

  /** A refusal where there is none of that UUID: moto answers 200. */
  #known(call: AwsCall): AwsAnswer | undefined {
    if (this.#kept.has(call.subject)) return undefined;
    return refusal(
      call,
      404,
      "ResourceNotFoundException",
      "The resource you requested does not exist.",
    );
  }

  /** A refusal while the last change goes on. */
  #busy(call: AwsCall): AwsAnswer | undefined {
    const { passing } = this.#kept.get(call.subject) ?? {};
    if (passing === undefined || passing.reads === 0) return undefined;
    const text = "Cannot update the event source mapping because it is in use.";
    return refusal(call, 400, "ResourceInUseException", text);
  }

  #deleted({ subject }: AwsCall): AwsAnswer | undefined {
    const kept = this.#kept.get(subject);
    if (kept?.deleted !== true) return undefined;
    return jsonAnswer(this.#seen(kept.fields));
  }
}

function stateOf({ passing, enabled, deleted }: Kept): string {
  return passing.reads > 0 || deleted ? passing.state : steady(enabled);
}

function steady(enabled: boolean): string {
  return enabled ? "Enabled" : "Disabled";
}

function nameOf({ FunctionArn }: Fields): string {
  return functionName(String(FunctionArn));
}
