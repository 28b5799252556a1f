/** Owner of the fields that the controllers write by server-side apply. */
export const FIELD_MANAGER = "fairlead";

/** Where system components live in a user cluster. */
export const KUBE_SYSTEM = "kube-system";
