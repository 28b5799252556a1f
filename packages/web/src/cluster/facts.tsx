import {
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from "@patternfly/react-core";
import type { ReactNode } from "react";

interface FactsProps {
  title: string;
  /** Of what there is nothing to say, "–" stands there. */
  facts: readonly (readonly [term: string, value: ReactNode])[];
  children?: ReactNode;
}

/** What is known of one side of the cluster, term by term. */
export function Facts({ title, facts, children }: FactsProps) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        <DescriptionList isHorizontal isCompact>
          {facts.map(([term, value]) => (
            <DescriptionListGroup key={term}>
              <DescriptionListTerm>{term}</DescriptionListTerm>
              <DescriptionListDescription>{value || "–"}</DescriptionListDescription>
            </DescriptionListGroup>
          ))}
        </DescriptionList>
        {children}
      </CardBody>
    </Card>
  );
}
