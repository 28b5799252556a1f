import { ApiClient, ApiError } from "@fairlead/api-client";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { notify } from "./notifications.tsx";

/** The browser sends the session's cookie by itself. Warnings of the server are shown wherever they come from. */
export const api = new ApiClient({
  url: location.origin,
  onWarning: (text) => notify({ variant: "warning", title: i18next.t("common.warning"), text }),
});

export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    // The server is asked though the browser takes itself for offline: it may be on this machine, or in a network without a way out.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      staleTime: 5_000,
    },
  },
  queryCache: new QueryCache({ onError: noteSignOut }),
  mutationCache: new MutationCache({ onError: noteSignOut }),
});

/** Who is signed in is asked again, which leads to the sign-in page. */
function noteSignOut(error: Error): void {
  if (!(error instanceof ApiError) || error.status !== 401) return;
  if (queryClient.getQueryState(meKey)?.status === "success") void queryClient.invalidateQueries({ queryKey: meKey });
}

export const meKey = ["me"];

/** The token becomes a cookie that scripts cannot read. @throws ApiError 401 for an unknown token */
export async function signIn(token: string): Promise<void> {
  await api.signIn(token);
  await queryClient.resetQueries();
}

export async function signOut(): Promise<void> {
  await api.signOut();
  queryClient.clear();
  location.assign("/");
}

/** What went wrong, for people. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
