import { EmptyState, EmptyStateBody, PageSection } from "@patternfly/react-core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "../components/failure.tsx";

export function NoPage() {
  const { t } = useTranslation();
  return (
    <PageSection>
      <EmptyState titleText={t("common.noPage")} headingLevel="h1">
        <EmptyStateBody>
          <Link to="/projects">{t("projects.title")}</Link>
        </EmptyStateBody>
      </EmptyState>
    </PageSection>
  );
}

export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <PageSection>
      <Failure error={error} retry={reset} />
    </PageSection>
  );
}
