/** What the triggers of an app find their namespace by: the beginning of the names of settings. */
export const CONNECTION = "ALIEN_NAMESPACE";
