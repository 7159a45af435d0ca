/** The subscription that the server has. */
export const SUBSCRIPTION = "00000000-1111-4222-8333-444444444444";

/** The directory that it trusts. */
export const TENANT = "72f988bf-0000-4000-8000-000000000001";
