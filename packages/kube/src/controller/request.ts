import { keyOf } from "../objects.ts";

/** What to reconcile: a name, never an object, since the state of the world is read when the work begins. */
export interface Request {
  name: string;
  namespace?: string;
  /** The cluster it lives in, for controllers that work on more than one API server. */
  cluster?: string;
}

export function requestKey(request: Request): string {
  return request.cluster ? `${request.cluster}//${keyOf(request)}` : keyOf(request);
}
