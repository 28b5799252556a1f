import type { ApiClusterTemplate } from "@fairlead/resources";
import { Label, type LabelProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

type Scope = ApiClusterTemplate["scope"];

const colors: Record<Scope, LabelProps["color"]> = { user: "grey", project: "blue", global: "purple" };

export function ScopeLabel({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  return (
    <Label color={colors[scope]} isCompact>
      {t(`createCluster.template.scopes.${scope}`)}
    </Label>
  );
}
