import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { type AwsAnswer, Cut } from "../../peers/support/aws/aws-answer.ts";
import type { AwsCall } from "../../peers/support/aws/aws-call.ts";
import { AwsProxy } from "../../peers/support/aws/aws-proxy.ts";
import { AwsInventory } from "./aws-inventory.ts";
import { Wire } from "./wire.ts";

/** The wire to an AWS that all stages share. */
export class AwsWire extends Wire {
  readonly inventory = new AwsInventory();
  readonly #proxy: AwsProxy;
  readonly #behind: URL;

  private constructor(proxy: AwsProxy, behind: string) {
    super();
    this.#proxy = proxy;
    this.#behind = new URL(behind);
    proxy.use(async (call) => {
      // Scheduler's calls have no name but their method.
      const writes = !/^(Get|List|Describe|Query|Scan|GET$)/.test(call.action);
      const answer = await this.carry(`${call.action} ${call.path}`, writes, () =>
        this.#send(call),
      );
      if (answer === undefined) throw new Cut();
      return answer;
    });
  }

  static async open(behind: string): Promise<AwsWire> {
    return new AwsWire(await AwsProxy.listen(behind), behind);
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL: this.#proxy.endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
  }

  close(): Promise<void> {
    return this.#proxy.close();
  }

  /** Without the proxy's own way, which gives up where the client is gone. */
  async #send(call: AwsCall): Promise<AwsAnswer> {
    const { method, path, body } = call;
    const { "transfer-encoding": _encoding, ...given } = call.headers;
    const headers = { ...given, "content-length": String(body.length), connection: "close" };
    const { hostname, port } = this.#behind;
    this.inventory.asked(call);
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false });
    sent.end(body);
    const [response]: IncomingMessage[] = await once(sent, "response");
    if (response === undefined) throw new Error("a response without one");
    const { "transfer-encoding": _answered, connection: _close, ...answered } = response.headers;
    const answer = {
      status: response.statusCode ?? 0,
      headers: answered,
      body: await buffer(response),
    };
    this.inventory.answered(call, answer);
    return answer;
  }
}
