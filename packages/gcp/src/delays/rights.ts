/** To make tasks in the queue that delayed messages wait in; https://cloud.google.com/iam/docs/roles-permissions/cloudtasks */
export const ENQUEUER = "roles/cloudtasks.enqueuer";
/** To find those of one topic among them: a count. */
export const VIEWER = "roles/cloudtasks.viewer";
/** And to remove them: a purge. */
export const PURGERS: readonly string[] = ["roles/cloudtasks.taskDeleter", VIEWER];
/** On the account that a task publishes as; https://cloud.google.com/tasks/docs/creating-http-target-tasks */
export const ACTS_AS = "roles/iam.serviceAccountUser";
/** What that account may do, on each topic. */
export const PUBLISHES: readonly string[] = ["roles/pubsub.publisher"];
