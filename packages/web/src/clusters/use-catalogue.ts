import { type Catalogue, catalogueFromPlain, type PlainCatalogue } from "@fairlead/network/rules";
import { useQuery } from "@tanstack/react-query";
import { api } from "../app/api.ts";

/** Every CNI version that there is; it changes with the installation's configuration. */
export function useCatalogue(): Catalogue | undefined {
  const { data } = useQuery({
    queryKey: ["catalogue"],
    queryFn: async () => catalogueFromPlain((await api.cniCatalogue()) as PlainCatalogue),
    staleTime: 60_000,
  });
  return data;
}
