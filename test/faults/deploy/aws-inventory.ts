import { type AwsAnswer, fieldsOf } from "../../peers/support/aws/aws-answer.ts";
import type { AwsCall } from "../../peers/support/aws/aws-call.ts";
import type { Inventory } from "./wire.ts";

/** What stands in an account of AWS by the calls that made and removed it, whoever marked it or not. */
export class AwsInventory implements Inventory {
  readonly there = new Set<string>();
  /** Each call that was to make what was there already. */
  readonly twice: string[] = [];
  /** How many things were made. */
  made = 0;
  readonly #mappings = new Map<string, string>();

  /** Before the call is carried out. */
  asked(call: AwsCall): void {
    const name = madeBy(call);
    if (name !== undefined && this.there.has(name)) this.twice.push(`${call.action} of ${name}`);
  }

  answered(call: AwsCall, answer: AwsAnswer): void {
    if (answer.status >= 300) return;
    const made = madeBy(call);
    if (made !== undefined) {
      this.there.add(made);
      this.made += 1;
      if (call.action === "CreateEventSourceMapping") {
        this.#mappings.set(String(fieldsOf(answer).UUID), made);
      }
    }
    const gone = this.#removedBy(call);
    if (gone === undefined) return;
    this.there.delete(gone);
    // A function's URL goes with it.
    if (call.action === "DeleteFunction") this.there.delete(`url ${call.subject}`);
  }

  #removedBy({ action, input, subject, path }: AwsCall): string | undefined {
    switch (action) {
      case "DELETE":
        return scheduleGroupOf(path);
      case "DeleteQueue":
        return `queue ${String(input.QueueUrl).split("/").at(-1)}`;
      case "DeleteRole":
        return `role ${input.RoleName}`;
      case "DeleteLogGroup":
        return `log group ${input.logGroupName}`;
      case "DeleteParameter":
        return `parameter ${input.Name}`;
      case "DeleteFunction":
        return `function ${subject}`;
      case "DeleteFunctionUrlConfig":
        return `url ${subject}`;
      case "DeleteTable":
        return `table ${input.TableName}`;
      case "DeleteEventSourceMapping":
        return this.#mappings.get(subject);
      default:
        return undefined;
    }
  }
}

/** What a call is to make; undefined where it makes nothing of its own. */
function madeBy({ action, input, subject, path }: AwsCall): string | undefined {
  switch (action) {
    case "POST":
      return scheduleGroupOf(path);
    case "CreateQueue":
      return `queue ${input.QueueName}`;
    case "CreateRole":
      return `role ${input.RoleName}`;
    case "CreateLogGroup":
      return `log group ${input.logGroupName}`;
    case "PutParameter":
      return input.Overwrite === true ? undefined : `parameter ${input.Name}`;
    case "CreateTable":
      return `table ${input.TableName}`;
    case "CreateFunction":
      return `function ${input.FunctionName}`;
    case "CreateFunctionUrlConfig":
      return `url ${subject}`;
    case "CreateEventSourceMapping":
      return `mapping of ${input.FunctionName} to ${input.EventSourceArn}`;
    default:
      return undefined;
  }
}

/** Scheduler's calls have no name but their method, and that of a group in their path. */
function scheduleGroupOf(path: string): string | undefined {
  const name = /^\/schedule-groups\/([^/?]+)/.exec(path)?.[1];
  return name === undefined ? undefined : `schedule group ${name}`;
}
