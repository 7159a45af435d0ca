import { pause, systemClock } from "@alienplatform/bindings";
import { AlienError, type Clock } from "@alienplatform/core";
import {
  isGenerated,
  type LogLine,
  type LogOptions,
  type StageOperator,
} from "@alienplatform/deploy";
import { type CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeParametersCommand,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { deployError } from "./deploy-errors.ts";

/**
 * Between two looks at what is followed: an account may look 5 to 10 times a second.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const FOLLOW_MS = 2_000;

/** What is written shows up late and not in order; as long back as this a followed log is looked at again. */
const LATE_MS = 15_000;

/** Reads the logs of functions in CloudWatch Logs, and writes secrets to Parameter Store. */
export class AwsStageOperator implements StageOperator {
  readonly #logs: CloudWatchLogsClient;
  readonly #ssm: SSMClient;
  readonly #clock: Clock;

  constructor(logs: CloudWatchLogsClient, ssm: SSMClient, clock: Clock = systemClock) {
    this.#logs = logs;
    this.#ssm = ssm;
    this.#clock = clock;
  }

  async *logs(name: string, options: LogOptions): AsyncGenerator<LogLine> {
    const { follow, signal } = options;
    let since = options.since;
    let seen: ReadonlySet<string> = new Set();
    for (;;) {
      const now = new Set<string>();
      let newest = since + LATE_MS;
      for await (const { id, ...line } of this.#events(name, since, options)) {
        now.add(id);
        newest = Math.max(newest, line.at);
        if (!seen.has(id)) yield line;
      }
      if (!follow || signal.aborted) return;
      since = newest - LATE_MS;
      seen = now;
      await pause(this.#clock, FOLLOW_MS, signal);
      if (signal.aborted) return;
    }
  }

  async setSecret(name: string, value: string, signal: AbortSignal): Promise<void> {
    const doing = `setting the secret ${name}`;
    // Overwrite would make one that is not there, without the marks of its stage.
    await this.#version(name, doing, signal);
    await this.#send(doing, () =>
      this.#ssm.send(
        new PutParameterCommand({
          Name: name,
          Value: value,
          Type: "SecureString",
          Overwrite: true,
        }),
        { abortSignal: signal },
      ),
    );
  }

  /** Deploy writes the first version, which is a value where nobody has to set one; it is not looked at. */
  async hasSecret(name: string, signal: AbortSignal): Promise<boolean> {
    const version = await this.#version(name, `looking at the secret ${name}`, signal);
    return version > 1 || isGenerated(name.split("/").at(-1) ?? "");
  }

  async #version(name: string, doing: string, abortSignal: AbortSignal): Promise<number> {
    const command = new DescribeParametersCommand({
      ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }],
    });
    const { Parameters = [] } = await this.#send(doing, () =>
      this.#ssm.send(command, { abortSignal }),
    );
    const version = Parameters.find(({ Name }) => Name === name)?.Version;
    if (version !== undefined) return version;
    throw new AlienError("SECRET_MISSING", `${doing} failed: no such secret is deployed`, {
      fix: "Declare it with .secret() on a function, deploy, then set it.",
      details: { name },
    });
  }

  async *#events(
    name: string,
    startTime: number,
    { filter, signal: abortSignal }: LogOptions,
  ): AsyncGenerator<LogLine & { readonly id: string }> {
    let nextToken: string | undefined;
    do {
      const command = new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${name}`,
        startTime,
        nextToken,
        ...(filter === undefined ? {} : { filterPattern: JSON.stringify(filter) }),
      });
      const page = await this.#send(`reading the logs of ${name}`, () =>
        this.#logs.send(command, { abortSignal }),
      );
      for (const { eventId, logStreamName, timestamp = startTime, message = "" } of page.events ??
        []) {
        yield { id: `${logStreamName} ${eventId}`, at: timestamp, text: message.trimEnd() };
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  async #send<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      throw deployError(error, doing);
    }
  }
}
