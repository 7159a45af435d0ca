import { systemClock } from "@alienplatform/bindings";
import { openArm } from "./arm-client.ts";
import { armEndpoint } from "./client-settings.ts";
import type { Arm } from "./control/arm.ts";
import { WEB_VERSION } from "./control/flex-plan.ts";
import { deployError } from "./deploy-errors.ts";

type Settings = Readonly<Record<string, string>>;

/** An operator is no engine: what may pass is asked again by the client itself. */
const RETRIES = 5;

/** The settings of one function app, for those who operate it: it wants the right to write them. */
export class AppSettings {
  readonly #id: string;
  readonly #arm: Arm;

  /** @param id Of the app: "/subscriptions/...". Does no I/O. */
  constructor(id: string) {
    this.#id = id;
    const subscription = id.split("/")[2] ?? "";
    this.#arm = openArm({ subscription, endpoint: armEndpoint(process.env) }, RETRIES).arm;
  }

  async read(doing: string): Promise<Settings> {
    return this.#told(doing, () => this.#list());
  }

  /** Azure takes them all at once and knows no versions: who changes them at the same time may undo this. */
  async change(doing: string, change: (settings: Settings) => Settings): Promise<void> {
    await this.#told(doing, async () => {
      const before = await this.#list();
      const properties = change(before);
      if (JSON.stringify(properties) === JSON.stringify(before)) return;
      const waiting = { clock: systemClock, signal: new AbortController().signal };
      await this.#arm.put(`${this.#id}/config/appsettings`, WEB_VERSION, { properties }, waiting);
    });
  }

  async #list(): Promise<Settings> {
    const { signal } = new AbortController();
    const path = `${this.#id}/config/appsettings/list`;
    const answer = await this.#arm.post(path, WEB_VERSION, undefined, signal);
    // As https://learn.microsoft.com/rest/api/appservice/web-apps/list-application-settings documents it.
    return (answer as { readonly properties?: Settings }).properties ?? {};
  }

  async #told<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (thrown) {
      throw deployError(thrown, doing);
    }
  }
}
