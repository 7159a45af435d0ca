import { AlienError } from "@alienplatform/core";

/** The blob that a state is kept in. */
export interface BlobPlace {
  /** As the user wrote it; no credential is in it. */
  readonly url: string;
  /** "https://<account>.blob.core.windows.net" */
  readonly endpoint: string;
  readonly account: string;
  readonly container: string;
  readonly blob: string;
  /** Of the account, where the environment has one. */
  readonly connectionString?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a URL, as users of Azure's portal and of other tools know it; OPTION_INVALID where it names no blob. */
export function blobPlace(url: string, environment: Environment): BlobPlace {
  const named = /^https:/.test(url) ? byHost(url) : byScheme(url);
  const { AZURE_STORAGE_CONNECTION_STRING: given, AZURE_STORAGE_ACCOUNT: fallback } = environment;
  const connectionString = given === "" ? undefined : given;
  const { container, blob } = named;
  if (connectionString !== undefined) {
    const theirs = accountIn(connectionString);
    if (named.account !== undefined && named.account !== theirs) {
      const text = `AZURE_STORAGE_CONNECTION_STRING is of the account "${theirs}", the state of "${named.account}"`;
      throw new AlienError("OPTION_INVALID", text, {
        fix: "Unset the variable, or name its account.",
      });
    }
    return { url, endpoint: "", account: theirs, container, blob, connectionString };
  }
  const account = named.account ?? (fallback === "" ? undefined : fallback);
  if (account === undefined) {
    throw new AlienError("OPTION_INVALID", `"${url}" names no storage account`, {
      fix: `Write "${url.split("?")[0]}?storage_account=<account>", or set AZURE_STORAGE_ACCOUNT.`,
    });
  }
  const endpoint = named.endpoint ?? `https://${account}.blob.core.windows.net`;
  return { url, endpoint, account, container, blob };
}

interface Named {
  readonly account?: string;
  readonly endpoint?: string;
  readonly container: string;
  readonly blob: string;
}

/** "azblob://container/path?storage_account=account" */
function byScheme(url: string): Named {
  const [, path = "", account] =
    /^azblob:\/\/([^?#]*)(?:\?storage_account=([a-z0-9]+))?$/.exec(url) ?? [];
  return { ...inPath(path, url), ...(account === undefined ? {} : { account }) };
}

/** "https://account.blob.core.windows.net/container/path", and the same of Azure's other clouds. */
function byHost(url: string): Named {
  if (url.includes("?")) {
    // Most likely with a shared access signature, which is a secret: it is not repeated here.
    const text = "a state's URL of a blob takes no parameters";
    throw new AlienError("OPTION_INVALID", text, {
      fix: "Put a shared access signature into AZURE_STORAGE_SAS_TOKEN, and write the URL without it.",
    });
  }
  const [, endpoint, account, path = ""] =
    /^(https:\/\/([a-z0-9]{3,24})\.blob\.[a-z0-9.-]+)\/([^#]*)$/.exec(url) ?? [];
  if (endpoint === undefined || account === undefined) throw wrong(url);
  return { endpoint, account, ...inPath(path, url) };
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
function inPath(path: string, url: string): Pick<Named, "container" | "blob"> {
  const [, container, blob] = /^([a-z0-9][a-z0-9-]{2,62})\/(.*[^/])$/.exec(path) ?? [];
  if (container === undefined || blob === undefined) throw wrong(url);
  return { container, blob };
}

function wrong(url: string): AlienError {
  return new AlienError("OPTION_INVALID", `"${url}" names no blob in a container of Azure`, {
    fix: 'Write it as "azblob://container/path?storage_account=account", or as "https://account.blob.core.windows.net/container/path".',
  });
}

function accountIn(connectionString: string): string {
  if (/^\s*UseDevelopmentStorage=true/i.test(connectionString)) return "devstoreaccount1";
  const [, account] = /(?:^|;)\s*AccountName=([^;]+)/i.exec(connectionString) ?? [];
  const [, host] = /(?:^|;)\s*BlobEndpoint=https:\/\/([a-z0-9]+)\./i.exec(connectionString) ?? [];
  return account ?? host ?? "";
}
