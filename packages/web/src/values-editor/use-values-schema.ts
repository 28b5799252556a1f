import { useQuery } from "@tanstack/react-query";
import { api } from "../app/api.ts";

/** The schema of an application's Helm values; undefined while it is not there, and where the chart has none. */
export function useValuesSchema(application: string, version: string | undefined): unknown {
  const { data } = useQuery({
    queryKey: ["valuesSchema", application, version],
    queryFn: () => api.valuesSchema(application, version ?? ""),
    enabled: version !== undefined && version !== "",
    // A chart that could not be read may be there next time.
    staleTime: ({ state }) => (state.data?.schema === undefined ? 0 : Number.POSITIVE_INFINITY),
    retry: false,
  });
  return data?.schema;
}
