import { type Labels, ownerOf } from "./control/owner-labels.ts";
import { ownerOfAccount, type ServiceAccount } from "./control/service-account.ts";
import type { GcpPlace } from "./gcp-place.ts";
import type { GoogleApi, GoogleClient } from "./google-client.ts";
import { emailOf, isDatabaseOf, isDelaysQueueOf } from "./names.ts";

interface Listed {
  readonly id: string;
  readonly labels?: Labels;
}

/**
 * The ids of all that carries the marks of a stage. No service but Secret Manager and Cloud Run functions finds things by
 * their labels, so all of the project are asked for, a thousand at a time. Grants have none, and the zips in a bucket none of their own: they
 * are of what they are on, or in.
 */
export async function ownedBy(
  stage: Pick<GcpPlace, "stack" | "stage">,
  place: GcpPlace,
  google: GoogleClient,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { project, region } = place;
  const at = `projects/${project}`;
  const list = (api: GoogleApi, path: string, field: string, query: Query = {}) =>
    pages(google, { api, path, field, query, signal });
  const [topics, subscriptions, functions, secrets, buckets, accounts, databases, queues] =
    await Promise.all([
      list("pubsub", `v1/${at}/topics`, "topics", { pageSize: 1_000 }),
      list("pubsub", `v1/${at}/subscriptions`, "subscriptions", { pageSize: 1_000 }),
      list("cloudfunctions", `v2/${at}/locations/${region}/functions`, "functions"),
      list("secretmanager", `v1/${at}/secrets`, "secrets", { pageSize: 1_000 }),
      list("storage", "storage/v1/b", "items", { project, maxResults: 1_000 }),
      list("iam", `v1/${at}/serviceAccounts`, "accounts", { pageSize: 100 }),
      list("firestore", `v1/${at}/databases`, "databases"),
      list("cloudtasks", `v2/${at}/locations/${region}/queues`, "queues", { pageSize: 1_000 }),
    ]);
  const isOurs = ({ labels }: Listed) => {
    const owner = ownerOf(labels);
    return owner?.stack === stage.stack && owner.stage === stage.stage;
  };
  // As each service documents what it lists.
  const named = [...topics, ...subscriptions, ...functions, ...secrets].map((each) => {
    const { name, labels } = each as { readonly name: string; readonly labels?: Labels };
    return { id: secretPath(name, project), labels };
  });
  const ours = (buckets as readonly { readonly name: string; readonly labels?: Labels }[])
    .map(({ name, labels }) => ({ id: name, labels }))
    .filter((each) => isOurs(each as Listed));
  return [
    ...named.filter((each) => isOurs(each as Listed)).map(({ id }) => id),
    ...ours.map(({ id }) => `gs://${id}`),
    ...(databases as readonly { readonly name: string }[]).flatMap(({ name }) =>
      isDatabaseOf(stage, name) ? [name] : [],
    ),
    ...(queues as readonly { readonly name: string }[]).flatMap(({ name }) =>
      isDelaysQueueOf(stage, name) ? [name] : [],
    ),
    ...(accounts as readonly ServiceAccount[]).flatMap(({ email = "", description }) => {
      const owner = ownerOfAccount(description);
      const isOf = owner?.stack === stage.stack && owner.stage === stage.stage;
      return isOf ? [emailOf(place, email.slice(0, email.indexOf("@")))] : [];
    }),
  ];
}

type Query = Readonly<Record<string, string | number>>;

interface Asked {
  readonly api: GoogleApi;
  readonly path: string;
  /** The one that the items are in. */
  readonly field: string;
  readonly query: Query;
  readonly signal: AbortSignal;
}

async function pages(
  google: GoogleClient,
  { api, path, field, query, signal }: Asked,
): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  let pageToken: string | undefined;
  do {
    const page = await google.call<Readonly<Record<string, unknown>>>(api, {
      verb: "GET",
      path,
      query: { ...query, pageToken },
      signal,
    });
    // Both are documented so for every list.
    all.push(...((page[field] ?? []) as readonly unknown[]));
    pageToken = page.nextPageToken as string | undefined;
  } while (pageToken !== undefined && pageToken !== "");
  return all;
}

/** Secret Manager answers with the project's number. */
function secretPath(name: string, project: string): string {
  return name.replace(/^projects\/\d+\/secrets\//, `projects/${project}/secrets/`);
}
