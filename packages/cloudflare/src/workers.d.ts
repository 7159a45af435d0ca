/** A module of the Workers runtime alone: https://developers.cloudflare.com/workers/runtime-apis/bindings/#importing-env-as-a-global */
// Only bundles for Workers have it; see "#worker-env" in package.json.
declare module "cloudflare:workers" {
  export const env: Readonly<Record<string, unknown>>;
}
