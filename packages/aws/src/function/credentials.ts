import { fromEnv } from "@aws-sdk/credential-provider-env";
import { fromHttp } from "@aws-sdk/credential-provider-http";

type Init = Parameters<typeof fromHttp>[0];
type Provider = ReturnType<typeof fromHttp>;
type Credentials = Awaited<ReturnType<Provider>>;

/** So long before its end a session is replaced, as the SDK does it. */
const REFRESH_MS = 300_000;

/**
 * What stands in for "@aws-sdk/credential-provider-node" in a function's bundle. Lambda gives a function its role's
 * credentials in the environment, or says there where they are; profiles, single sign-on and the like, which the whole
 * chain brings along, are for machines of people. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function defaultProvider(init?: Init): Provider {
  const { env } = process;
  const named =
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  return named === undefined ? fromEnv() : fromHttp(init);
}

/** Whether these end at some time. */
export function credentialsWillNeedRefresh({ expiration }: Credentials): boolean {
  return expiration !== undefined;
}

/** Whether these have ended, or will soon. */
export function credentialsTreatedAsExpired({ expiration }: Credentials): boolean {
  return expiration !== undefined && expiration.getTime() - Date.now() < REFRESH_MS;
}
