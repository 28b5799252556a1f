import { ApiError } from "@fairlead/api-client";
import { Alert, Content, List, ListItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

/** Whether a change was refused since somebody else has written what it was made from. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

/** Says what others have changed, above the fields that show it now with one's own changes on top. */
export function Conflict({ theirs }: { theirs: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Alert variant="warning" isInline isLiveRegion title={t("conflict.title")}>
      <Content component="p">{t("conflict.text")}</Content>
      <List>
        {theirs.length === 0 && <ListItem>{t("conflict.nothingSeen")}</ListItem>}
        {theirs.map((name) => (
          <ListItem key={name}>{name}</ListItem>
        ))}
      </List>
    </Alert>
  );
}
