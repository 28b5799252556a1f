import { useQuery } from "@tanstack/react-query";
import { api, meKey } from "./api.ts";

/** Who is signed in. */
export function useMe() {
  return useQuery({ queryKey: meKey, queryFn: () => api.me(), staleTime: 60_000 });
}
