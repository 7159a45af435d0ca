/** A resource as the server keeps and answers it. */
export interface Kept {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly kind?: string;
  readonly sku?: Readonly<Record<string, unknown>>;
  readonly identity?: { readonly type?: string; readonly userAssignedIdentities?: object };
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a request asks a resource to be. */
export type Wanted = Partial<Omit<Kept, "id" | "name" | "type">>;

/** All that is there, by ids in small letters: Resource Manager does not tell cases apart. */
export class Resources {
  readonly #kept = new Map<string, Kept>();

  get(id: string): Kept | undefined {
    return this.#kept.get(id.toLowerCase());
  }

  set(resource: Kept): void {
    this.#kept.set(resource.id.toLowerCase(), resource);
  }

  /** With all that is in it or on it. */
  remove(id: string): readonly Kept[] {
    const key = id.toLowerCase();
    const gone = [...this.#kept].filter(([each]) => each === key || each.startsWith(`${key}/`));
    for (const [each] of gone) this.#kept.delete(each);
    return gone.map(([, resource]) => resource);
  }

  all(): readonly Kept[] {
    return [...this.#kept.values()];
  }

  ofType(type: string): readonly Kept[] {
    return this.all().filter((each) => each.type.toLowerCase() === type.toLowerCase());
  }
}

/** "Microsoft.ServiceBus/namespaces/queues" */
export function typeOf(id: string): string {
  const [, after = ""] = id.split(/\/providers\/(?!.*\/providers\/)/);
  if (after === "") return "Microsoft.Resources/resourceGroups";
  const [provider = "", ...pieces] = after.split("/");
  return [provider, ...pieces.filter((_, index) => index % 2 === 0)].join("/");
}

/** What a resource is in: its group, or the resource above it. */
export function parentOf(id: string): string | undefined {
  const type = typeOf(id);
  if (type === "Microsoft.Resources/resourceGroups") return undefined;
  const pieces = id.split("/");
  if (/roleAssignments$/i.test(type)) return id.replace(/\/providers\/(?!.*\/providers\/).*$/, "");
  if (type.split("/").length === 2) return pieces.slice(0, 5).join("/");
  // A service that every account has stands between: blobServices/default.
  return pieces
    .slice(0, -2)
    .join("/")
    .replace(/\/(blob|table)Services\/default$/i, "");
}
