import { Refused } from "./refused.ts";
import { checkLabels, type GoogleWorld, type Stored } from "./world.ts";

export interface StorageRequest {
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Of the JSON API, which has no protos; https://cloud.google.com/storage/docs/json_api/v1 */
const BUCKET_FIELDS = ["name", "location", "labels", "iamConfiguration", "softDeletePolicy"];
const OBJECT_FIELDS = ["name", "metadata", "contentType"];

/** Buckets and objects. */
export class StorageService {
  readonly #world: GoogleWorld;
  #generations = 0;

  constructor(world: GoogleWorld) {
    this.#world = world;
  }

  answer(request: StorageRequest): unknown {
    const { verb, path } = request;
    const [, upload, bucket, , object] =
      /^(\/upload)?\/storage\/v1\/b(?:\/([^/]+)(\/o(?:\/([^/]+))?)?)?$/.exec(path) ?? [];
    const objects = path.includes("/o");
    if (bucket === undefined) return verb === "GET" ? this.#buckets() : this.#makeBucket(request);
    if (!objects) return this.#bucket(bucket, request);
    this.#found(bucket);
    if (upload !== undefined) return this.#upload(bucket, request);
    if (object === undefined) return this.#list(bucket, request.query.get("prefix") ?? "");
    return this.#object(`${bucket}/${decodeURIComponent(object)}`, request);
  }

  #buckets() {
    return { kind: "storage#buckets", items: [...this.#world.buckets.values()] };
  }

  #makeBucket({ query, bytes }: StorageRequest): Stored {
    const wanted = readJson(bytes, BUCKET_FIELDS);
    const name = String(wanted.name);
    if (query.get("project") !== this.#world.project)
      throw refused(400, "Required parameter: project");
    if (!/^(?!goog)[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/.test(name))
      throw refused(400, `Invalid bucket name: '${name}'`);
    checkLabels(wanted.labels);
    if (this.#world.buckets.has(name))
      throw refused(
        409,
        "Your previous request to create the named bucket succeeded and you already own it.",
      );
    const made = {
      kind: "storage#bucket",
      ...wanted,
      location: String(wanted.location).toUpperCase(),
    };
    this.#world.buckets.set(name, made);
    return made;
  }

  #bucket(name: string, { verb, bytes }: StorageRequest): Stored | undefined {
    const bucket = this.#found(name);
    if (verb === "GET") return bucket;
    if (verb === "PATCH") {
      const wanted = readJson(bytes, BUCKET_FIELDS);
      if (wanted.location !== undefined)
        throw refused(400, "The location of a bucket cannot be changed.");
      checkLabels(wanted.labels);
      this.#world.buckets.set(name, { ...bucket, ...wanted });
      return this.#found(name);
    }
    if (this.#list(name).items.length > 0)
      throw refused(409, "The bucket you tried to delete is not empty.");
    this.#world.buckets.delete(name);
    return undefined;
  }

  #list(bucket: string, prefix = "") {
    const items = [...this.#world.objects].flatMap(([path, { object }]) =>
      path.startsWith(`${bucket}/${prefix}`) ? [object] : [],
    );
    return { kind: "storage#objects", items };
  }

  #upload(bucket: string, { query, type, bytes }: StorageRequest): Stored {
    const [, boundary] = /^multipart\/related; boundary=(.+)$/.exec(type) ?? [];
    if (query.get("uploadType") !== "multipart" || boundary === undefined)
      throw refused(400, "Malformed multipart body.");
    const parts = split(bytes, boundary);
    const [resource, content] = parts;
    if (parts.length !== 2 || resource === undefined || content === undefined)
      throw refused(400, "Malformed multipart body.");
    return this.#store(bucket, readJson(resource, OBJECT_FIELDS), content, query);
  }

  #store(bucket: string, wanted: Stored, bytes: Buffer, query: URLSearchParams): Stored {
    const name = String(wanted.name);
    const path = `${bucket}/${name}`;
    this.#check(path, query);
    const object = {
      kind: "storage#object",
      ...wanted,
      bucket,
      generation: String(++this.#generations),
      size: String(bytes.length),
    };
    this.#world.objects.set(path, { object, bytes });
    return object;
  }

  #object(path: string, { verb, query, bytes }: StorageRequest): unknown {
    const found = this.#world.objects.get(path);
    if (found === undefined) throw refused(404, `No such object: ${path}`);
    if (verb === "GET") return query.get("alt") === "media" ? found.bytes.toString() : found.object;
    if (verb === "PATCH") {
      const object = { ...found.object, ...readJson(bytes, OBJECT_FIELDS) };
      this.#world.objects.set(path, { ...found, object });
      return object;
    }
    this.#world.objects.delete(path);
    return "";
  }

  #check(path: string, query: URLSearchParams): void {
    const wanted = query.get("ifGenerationMatch");
    if (wanted === null) return;
    const { generation = "0" } = this.#world.objects.get(path)?.object ?? {};
    if (wanted !== generation)
      throw refused(412, "At least one of the pre-conditions you specified did not hold.");
  }

  #found(name: string): Stored {
    const bucket = this.#world.buckets.get(name);
    if (bucket === undefined) throw refused(404, "The specified bucket does not exist.");
    return bucket;
  }
}

function readJson(bytes: Buffer, fields: readonly string[]): Stored {
  const value = JSON.parse(bytes.toString()) as Stored; // the names are checked next
  const unknown = Object.keys(value).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw refused(400, `Unknown name "${unknown}": Cannot find field.`);
  return value;
}

/** The contents between the boundaries. */
function split(bytes: Buffer, boundary: string): readonly Buffer[] {
  const text = bytes.toString("latin1");
  const parts = text.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => Buffer.from(part.slice(part.indexOf("\r\n\r\n") + 4, -2), "latin1"));
}

/** Cloud Storage names no status. */
function refused(code: number, message: string): Refused {
  const error = new Refused(code, "", message);
  return Object.assign(error, { body: { error: { code, message, errors: [{ message }] } } });
}
