import { Alert, AlertActionLink } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { errorText } from "../app/api.ts";

interface FailureProps {
  error: unknown;
  title?: string;
  retry?: () => unknown;
}

/** What the server said, where the thing would stand that could not be had. */
export function Failure({ error, title, retry }: FailureProps) {
  const { t } = useTranslation();
  return (
    <Alert
      variant="danger"
      isInline
      title={title ?? t("common.failed")}
      actionLinks={retry && <AlertActionLink onClick={() => void retry()}>{t("common.retry")}</AlertActionLink>}
    >
      {errorText(error)}
    </Alert>
  );
}
