/** The collections of a state table: a document of the first is a partition, and is never written itself. */
export const PARTITIONS = "partitions";
/** The collection group of what a table holds: its policies are of this group. */
export const ITEMS = "items";
/** The field by which Firestore removes an item that is over; one that never is has none. */
export const REMOVED_FROM = "removedFrom";
