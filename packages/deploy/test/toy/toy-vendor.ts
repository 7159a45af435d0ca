/** What the toy vendor answers to a call that it refuses. */
export class ToyError extends Error {
  override readonly name = "ToyError";
  readonly kind: "missing" | "exists" | "throttled" | "forbidden" | "lost" | "invalid";

  constructor(kind: ToyError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface ToyThing {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  settings: Readonly<Record<string, string | number>>;
  tags: Readonly<Record<string, string>>;
  messages: number;
  /** Listings show it only after so many more of them. */
  hiddenFor: number;
}

/** What a call goes over: whoever throws here cuts the line before the call takes place, or after. */
export type ToyLine = <Result>(call: () => Promise<Result>) => Promise<Result>;

/**
 * A vendor in memory. A thing has a kind and a key, which names it; its id is generated. Links have no name. What was made is at once
 * found by its id, but listings, by which things without a name of their own are found, show it late.
 */
export class ToyVendor {
  readonly things = new Map<string, ToyThing>();
  /** Every call that took place. */
  readonly calls: string[] = [];
  /** How many listings miss what was just made. */
  lag = 0;
  /** How many links were made between two ends that had one already, which this vendor does not refuse. */
  twins = 0;
  #made = 0;

  /** How many things were ever made. */
  get made(): number {
    return this.#made;
  }

  /** The calls of one client, over its own line. */
  client(line: ToyLine): ToyClient {
    const call = <Result>(name: string, work: () => Result): Promise<Result> =>
      line(async () => {
        this.calls.push(name);
        return structuredClone(work());
      });
    return {
      get: (kind, id) => call(`get ${kind}`, () => this.#get(kind, id)),
      find: (kind, key) => call(`find ${kind} ${key}`, () => this.#find(kind, key)),
      list: (kind) => call(`list ${kind}`, () => this.#list(kind)),
      create: (kind, key, settings, tags) =>
        call(`create ${kind} ${key}`, () => this.#create(kind, key, settings, tags)),
      configure: (kind, id, settings) =>
        call(`configure ${kind}`, () => {
          const thing = this.#get(kind, id);
          if (thing === undefined) throw new ToyError("missing", `no ${kind} ${id}`);
          thing.settings = settings;
        }),
      tag: (kind, id, tags) =>
        call(`tag ${kind}`, () => {
          const thing = this.#get(kind, id);
          if (thing === undefined) throw new ToyError("missing", `no ${kind} ${id}`);
          thing.tags = tags;
        }),
      remove: (kind, id) =>
        call(`remove ${kind}`, () => {
          if (!this.things.delete(id)) throw new ToyError("missing", `no ${kind} ${id}`);
        }),
    };
  }

  #get(kind: string, id: string): ToyThing | undefined {
    const thing = this.things.get(id);
    return thing?.kind === kind ? thing : undefined;
  }

  #find(kind: string, key: string): ToyThing | undefined {
    return [...this.things.values()].find((thing) => thing.kind === kind && thing.key === key);
  }

  #list(kind: string): readonly ToyThing[] {
    const all = [...this.things.values()].filter((thing) => thing.kind === kind);
    const shown = all
      .filter((thing) => thing.hiddenFor === 0)
      .map((thing) => structuredClone(thing));
    for (const thing of all) thing.hiddenFor = Math.max(0, thing.hiddenFor - 1);
    return shown;
  }

  #create(
    kind: string,
    key: string,
    settings: ToyThing["settings"],
    tags: ToyThing["tags"],
  ): ToyThing {
    const isThere = this.#find(kind, key) !== undefined;
    if (isThere && kind === "link") this.twins += 1;
    else if (isThere) throw new ToyError("exists", `${kind} ${key} exists`);
    this.#made += 1;
    const id = `${kind}-${this.#made}`;
    const thing = { id, kind, key, settings, tags, messages: 0, hiddenFor: this.lag };
    this.things.set(id, thing);
    return thing;
  }
}

/** The vendor's API. */
export interface ToyClient {
  get(kind: string, id: string): Promise<ToyThing | undefined>;
  find(kind: string, key: string): Promise<ToyThing | undefined>;
  list(kind: string): Promise<readonly ToyThing[]>;
  create(
    kind: string,
    key: string,
    settings: ToyThing["settings"],
    tags: ToyThing["tags"],
  ): Promise<ToyThing>;
  configure(kind: string, id: string, settings: ToyThing["settings"]): Promise<void>;
  tag(kind: string, id: string, tags: ToyThing["tags"]): Promise<void>;
  remove(kind: string, id: string): Promise<void>;
}
