/** Where Pub/Sub pushes to a function that serves HTTP too: all its other paths are the function's own. */
export const PUSH_PATH = "/_alien/push";
