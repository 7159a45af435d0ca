/** "#worker-env" in every process that is no Worker. */
export const env: Readonly<Record<string, unknown>> | undefined = undefined;
