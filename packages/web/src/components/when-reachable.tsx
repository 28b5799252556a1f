import type { ApiClusterHealth } from "@fairlead/resources";
import { EmptyState, EmptyStateBody, Spinner } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface WhenReachableProps {
  health: ApiClusterHealth | undefined;
  children: ReactNode;
}

/** What stands in the user cluster itself can be asked for while its API server answers. */
export function WhenReachable({ health, children }: WhenReachableProps) {
  const { t } = useTranslation();
  if (!health) return <Spinner aria-label={t("common.loading")} />;
  if (health.apiserver === "HealthStatusUp") return children;
  return (
    <EmptyState titleText={t("applications.notYet")} headingLevel="h2">
      <EmptyStateBody>{t("applications.notYetText")}</EmptyStateBody>
    </EmptyState>
  );
}
