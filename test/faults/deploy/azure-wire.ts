import { ArmServer } from "../../../packages/azure/test/arm/arm-server.ts";
import { type Inventory, Wire } from "./wire.ts";

/** What App Insights makes by itself, and no part is. */
const BY_ITSELF = /^microsoft\.(insights\/actiongroups|alertsmanagement\/)/;
/** A POST that reads, since what it reads may be secret or is asked for at length. */
const READING = /\/config\/appsettings\/list|\/query$/;

/** The wire to a subscription of the stage's own, whose requests are checked by what Microsoft publishes. */
export class AzureWire extends Wire {
  readonly inventory: Inventory;
  readonly #server: ArmServer;
  #made = 0;

  private constructor(server: ArmServer) {
    super();
    this.#server = server;
    const made = () => this.#made;
    this.inventory = {
      get there() {
        // A vault whose purging was interrupted is none of them: the next deploy of its name purges it, or a week does.
        const kept = server.resources.all().filter(({ type }) => !BY_ITSELF.test(type));
        return new Set(kept.map(({ id }) => id));
      },
      // A PUT makes what is not there and changes what is: there is none that would make it twice.
      twice: [],
      get made() {
        return made();
      },
    };
    server.around = ({ method = "GET", url = "/" }, answer) =>
      this.carry(
        `${method} ${url}`,
        method !== "GET" && !READING.test(url.split("?")[0] ?? ""),
        async () => {
          const answered = await answer();
          if (method === "PUT" && answered.status === 201) this.#made += 1;
          return answered;
        },
      );
  }

  static async open(): Promise<AzureWire> {
    return new AzureWire(await ArmServer.start());
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#server.environment;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
