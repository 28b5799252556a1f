import { Card, CardBody, CardHeader, CardTitle, Form, Gallery } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useWizardState } from "./wizard-state.ts";

/** Where the cluster runs: a card for each datacenter, named by its provider. */
export function PlaceStep() {
  const { t } = useTranslation();
  const { datacenters, choices, choose } = useWizardState();
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      <Gallery hasGutter minWidths={{ default: "14rem" }} role="radiogroup" aria-label={t("createCluster.datacenter")}>
        {datacenters.map(({ metadata: { name }, spec: { provider, location, country, ipv6Enabled } }) => {
          const id = `datacenter-${name}`;
          const isChecked = choices.datacenter === name;
          return (
            <Card key={name} id={id} isSelectable isCompact isSelected={isChecked}>
              <CardHeader
                selectableActions={{
                  selectableActionId: `${id}-choice`,
                  selectableActionAriaLabelledby: `${id}-title`,
                  name: "datacenter",
                  variant: "single",
                  isChecked,
                  onChange: () => choose({ datacenter: name, provider }),
                }}
              >
                <CardTitle id={`${id}-title`}>{name}</CardTitle>
              </CardHeader>
              <CardBody>
                <div>{t("createCluster.provider", { provider })}</div>
                {(location || country) && <div>{[location, country].filter(Boolean).join(", ")}</div>}
                <div>{t(ipv6Enabled ? "createCluster.withIPv6" : "createCluster.withoutIPv6")}</div>
              </CardBody>
            </Card>
          );
        })}
      </Gallery>
    </Form>
  );
}
