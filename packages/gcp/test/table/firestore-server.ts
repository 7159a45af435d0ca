import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answering } from "../../../../test/peers/support/answering.ts";
import type { Document } from "../../src/table/firestore-client.ts";

interface Write {
  readonly update?: Document & { readonly name: string };
  readonly delete?: string;
  readonly currentDocument?: { readonly exists?: boolean; readonly updateTime?: string };
}

/**
 * The documents of Firestore's databases, by the three requests of a state table: get, commit of one write, and the query
 * of a partition. Says of each which permission Google asks for.
 * https://cloud.google.com/firestore/docs/security/iam#required_permissions
 */
export class FirestoreServer {
  onPermission: (permission: string) => void = () => undefined;
  readonly #documents = new Map<string, Document>();
  #writes = 0;
  readonly #server = createServer(
    answering(async (request, response) => {
      const body = await text(request);
      const [status, answer] = this.#answer(decodeURIComponent(request.url ?? ""), body);
      response.writeHead(status).end(JSON.stringify(answer));
    }),
  );

  /** Answers its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    // It listens on a port, as just asked.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(url: string, body: string): readonly [number, unknown] {
    const name = url.replace(/^\/v1\//, "");
    if (name.endsWith(":commit")) return this.#commit(JSON.parse(body).writes[0]);
    if (name.endsWith(":runQuery")) {
      this.#asked("get", "list");
      const parent = `${name.slice(0, -":runQuery".length)}/`;
      const found = [...this.#documents].filter(([each]) => each.startsWith(parent)).sort();
      const { limit } = JSON.parse(body).structuredQuery;
      return [200, found.slice(0, limit).map(([, document]) => ({ document }))];
    }
    this.#asked("get");
    const found = this.#documents.get(name);
    return found === undefined ? refused(404, "NOT_FOUND", "no document") : [200, found];
  }

  #commit({ update, delete: removed, currentDocument = {} }: Write): readonly [number, unknown] {
    const name = update?.name ?? removed ?? "";
    const { exists, updateTime } = currentDocument;
    this.#asked(update === undefined ? "delete" : exists === false ? "create" : "update");
    const found = this.#documents.get(name);
    if (exists === false && found !== undefined) return refused(409, "ALREADY_EXISTS", "there");
    if (updateTime !== undefined && found?.updateTime !== updateTime) {
      return refused(400, "FAILED_PRECONDITION", "another version");
    }
    this.#writes += 1;
    const written = new Date(this.#writes).toISOString();
    if (update === undefined) this.#documents.delete(name);
    else this.#documents.set(name, { ...update, updateTime: written });
    return [200, { writeResults: [update === undefined ? {} : { updateTime: written }] }];
  }

  #asked(...verbs: readonly string[]): void {
    for (const verb of verbs) this.onPermission(`datastore.entities.${verb}`);
  }
}

function refused(http: number, status: string, message: string): readonly [number, unknown] {
  return [http, { error: { code: http, status, message } }];
}
