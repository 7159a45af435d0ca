import { AlienError } from "@alienplatform/core";

/** The object that a state is kept in, and who has it. */
export interface S3Place {
  readonly url: string;
  readonly bucket: string;
  readonly key: string;
  /** Of somebody else than AWS who speaks S3's protocol. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
}

const PARAMETERS = ["endpoint", "region", "profile"];

/** Reads "s3://bucket/path?endpoint=https://host&region=auto&profile=name"; OPTION_INVALID where it names no object. */
export function s3Place(url: string): S3Place {
  const [, bucket, key, query] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]+)\/([^?]*[^/?])(?:\?(.*))?$/.exec(url) ?? [];
  if (bucket === undefined || key === undefined) {
    throw invalid(`"${url}" names no object in a bucket of S3`, 'Write it as "s3://bucket/path".');
  }
  const given = Object.fromEntries(new URLSearchParams(query));
  const unknown = Object.keys(given).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw invalid(
      `a state's URL of S3 has no parameter "${unknown}"`,
      `There is ${PARAMETERS.join(", ")}.`,
    );
  }
  const { endpoint } = given;
  if (endpoint !== undefined && !/^https?:\/\/[^/@?#]+\/?$/.test(endpoint)) {
    throw invalid(
      `"${endpoint}" is no endpoint of S3's protocol`,
      'Write it as "endpoint=https://<account>.r2.cloudflarestorage.com", without a path: the bucket is the URL\'s own.',
    );
  }
  return { url, bucket, key, ...given };
}

function invalid(problem: string, fix: string): AlienError {
  return new AlienError("OPTION_INVALID", problem, { fix });
}
