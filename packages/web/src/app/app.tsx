import { ApiError } from "@fairlead/api-client";
import { Bullseye, Spinner } from "@patternfly/react-core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "../components/failure.tsx";
import { queryClient } from "./api.ts";
import { Notifications } from "./notifications.tsx";
import { router } from "./router.tsx";
import { SignIn } from "./sign-in.tsx";
import { useMe } from "./use-me.ts";

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <SignedIn />
      <Notifications />
    </QueryClientProvider>
  );
}

function SignedIn() {
  const { t } = useTranslation();
  const { error, isPending, refetch } = useMe();
  if (isPending) {
    return (
      <Bullseye>
        <Spinner aria-label={t("common.loading")} />
      </Bullseye>
    );
  }
  if (error instanceof ApiError && error.status === 401) return <SignIn />;
  if (error) return <Failure error={error} retry={refetch} />;
  return <RouterProvider router={router} />;
}
