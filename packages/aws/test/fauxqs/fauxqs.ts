import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What the thread answers: how many of its requests wait for messages. */
interface Answer {
  readonly number: number;
  readonly open: number;
}

/** fauxqs, an SQS emulator, with time that is wound. */
export class Fauxqs {
  readonly endpoint: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #asked = 0;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.endpoint = `http://127.0.0.1:${port}`;
    worker.on("message", (answer: Answer) => {
      this.#waiting.get(answer.number)?.(answer);
      this.#waiting.delete(answer.number);
    });
  }

  static async start(startMs: number): Promise<Fauxqs> {
    const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
      workerData: { startMs },
    });
    const [{ port }] = await once(worker, "message");
    return new Fauxqs(worker, port);
  }

  /** Sets the time; nothing happens by that alone. */
  async setTime(time: number): Promise<void> {
    await this.#ask({ time });
  }

  /** Lets happen what is due, and answers how many long polls are open then. */
  runDue(): Promise<number> {
    return this.#ask({});
  }

  /** Both. */
  async windTo(time: number): Promise<number> {
    await this.setTime(time);
    return this.runDue();
  }

  #ask(what: { readonly time?: number }): Promise<number> {
    const number = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(number, ({ open }) => resolve(open));
      this.#worker.postMessage({ number, ...what });
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
