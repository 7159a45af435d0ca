import { AlienError } from "@alienplatform/core";
import { ServiceBusClient, type ServiceBusClientOptions } from "@azure/service-bus";
import type { ServiceBusAddress } from "./address.ts";
import { isAlone } from "./alone.ts";
import { ConnectedClient } from "./connected-client.ts";

/** An answer that takes longer is none: a third of the usual lease, so that there is time to ask again. */
const ANSWER_MS = 10_000;

/** How often a connection that nobody uses looks whether it is all that keeps the process alive. */
const LOOK_MS = 250;
/** Open ones of this process. */
let connections = 0;

/** A client of the SDK, made from what a binding says of its namespace. */
export interface Opening<Client> {
  new (connectionString: string): Client;
  new (namespace: string, credential: Credential): Client;
}

type Credential = Awaited<ReturnType<typeof credential>>;

/** One AMQP connection to a namespace, opened at first use and again where it was cut; the only reader of what opens it. */
export class ServiceBusConnection {
  /** How long Service Bus may take to answer, milliseconds. */
  readonly answerMs: number;
  readonly #address: ServiceBusAddress;
  #connected: Promise<ConnectedClient> | undefined;
  #uses = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(address: ServiceBusAddress, answerMs: number = ANSWER_MS) {
    this.#address = address;
    this.answerMs = answerMs;
  }

  connected(): Promise<ConnectedClient> {
    if (this.#connected === undefined) {
      connections++;
      const connecting = this.#connect(() => this.#leave(connecting));
      this.#connected = connecting;
      // A failed attempt is not kept: the next call tries again.
      connecting.catch(() => this.#forget(connecting));
    }
    return this.#connected;
  }

  /** One that asks at https; undefined for an emulator, since the SDK does so whatever the connection string says. */
  async https<Client>(Opened: Opening<Client>): Promise<Client | undefined> {
    const { namespace, emulator } = this.#address;
    if (emulator !== undefined) return undefined;
    const secret = this.#secret();
    if (secret === undefined) return new Opened(namespace, await credential());
    return this.#with(() => new Opened(secret));
  }

  /** From now on somebody waits for what comes over it. */
  hold(): void {
    clearInterval(this.#looking);
    this.#uses++;
  }

  /** While it runs the connection stays. */
  async during<Result>(run: () => Promise<Result>): Promise<Result> {
    this.hold();
    try {
      return await run();
    } finally {
      if (--this.#uses === 0) this.#endWithProcess();
    }
  }

  async close(): Promise<void> {
    const connected = this.#connected;
    this.#forget(connected);
    await (await connected)?.close();
  }

  /**
   * The SDK's connection keeps a process alive for ever: a program that only sends would never end. So it is closed
   * where it is all that is left; another send would open it again.
   */
  #endWithProcess(): void {
    this.#looking = setInterval(() => {
      if (isAlone(connections)) void this.close();
    }, LOOK_MS);
    this.#looking.unref();
  }

  #forget(connected: Promise<ConnectedClient> | undefined): void {
    if (connected === undefined || this.#connected !== connected) return;
    clearInterval(this.#looking);
    connections--;
    this.#connected = undefined;
  }

  /** It was cut. What the SDK keeps of it, timers above all, ends as soon as the SDK can. */
  #leave(connecting: Promise<ConnectedClient>): void {
    this.#forget(connecting);
    connecting.then((connected) => connected.close()).catch(() => undefined); // it went with its connection
  }

  async #connect(onCut: () => void): Promise<ConnectedClient> {
    return new ConnectedClient(await this.#open(), onCut);
  }

  async #open(): Promise<ServiceBusClient> {
    // Retries are the portable layer's, so the SDK makes none.
    const options: ServiceBusClientOptions = {
      retryOptions: { maxRetries: 0, timeoutInMs: this.answerMs },
    };
    const { namespace, emulator } = this.#address;
    if (emulator !== undefined) return new ServiceBusClient(emulatorString(emulator), options);
    const secret = this.#secret();
    if (secret === undefined) return new ServiceBusClient(namespace, await credential(), options);
    return this.#with(() => new ServiceBusClient(secret, options));
  }

  #with<Client>(open: () => Client): Client {
    try {
      return open();
    } catch {
      // Without the cause: the SDK may quote what it could not read, and that is a secret.
      const name = this.#address.connectionStringFrom;
      throw new AlienError("BINDING_INVALID", `${name} holds no Service Bus connection string`, {
        fix: `Set ${name} to "Endpoint=sb://...;SharedAccessKeyName=...;SharedAccessKey=...".`,
      });
    }
  }

  #secret(): string | undefined {
    const { connectionStringFrom: name } = this.#address;
    if (name === undefined) return undefined;
    const value = process.env[name];
    if (value !== undefined && value !== "") return value;
    throw new AlienError("SECRET_MISSING", `${name} is not set; it holds the connection string`, {
      fix: `Set ${name} from the vendor's store, or deploy without it to use Microsoft Entra ID.`,
    });
  }
}

/** Microsoft Entra ID: a managed identity, a signed-in developer. Loaded where it is needed alone: it is large. */
async function credential() {
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential();
}

/** An emulator checks no key, and its clients want one. */
function emulatorString(endpoint: string): string {
  return `Endpoint=sb://${endpoint};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true`;
}
