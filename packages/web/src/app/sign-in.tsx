import { Alert, Button, Card, CardBody, CardTitle, Divider, Form, FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { HelpText } from "../components/help-text.tsx";
import { api, errorText, signIn } from "./api.ts";
import { Brand } from "./brand.tsx";

/** With the account of one's organisation where there is an identity provider, and with a token everywhere. */
export function SignIn() {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  const { mutate, error, isPending } = useMutation({ mutationFn: signIn });
  const { data: ways } = useQuery({ queryKey: ["signInConfiguration"], queryFn: () => api.signInConfiguration() });
  const { loginUrl } = ways ?? {};
  return (
    <main className="fl-sign-in">
      <Card>
        <CardTitle component="h1">
          <Brand />
        </CardTitle>
        <CardBody className="fl-stack">
          {loginUrl && (
            <>
              <Button component="a" href={`${loginUrl}?${comingBack()}`} isBlock>
                {t("signIn.account")}
              </Button>
              <Divider />
            </>
          )}
          <Form
            onSubmit={(event) => {
              event.preventDefault();
              mutate(token);
            }}
          >
            {error && (
              <Alert variant="danger" isInline title={t("signIn.failed")}>
                {errorText(error)}
              </Alert>
            )}
            <FormGroup label={t("signIn.token")} fieldId="token" isRequired>
              <TextInput
                id="token"
                type="password"
                autoComplete="current-password"
                value={token}
                onChange={(_event, value) => setToken(value)}
                isRequired
              />
              <HelpText text={t("signIn.help")} />
            </FormGroup>
            <Button
              type="submit"
              variant={loginUrl ? "secondary" : "primary"}
              isBlock
              isLoading={isPending}
              isDisabled={token.trim() === "" || isPending}
            >
              {t("signIn.button")}
            </Button>
          </Form>
        </CardBody>
      </Card>
    </main>
  );
}

/** To the page that was asked for. */
function comingBack(): string {
  return new URLSearchParams({ return_to: location.pathname + location.search }).toString();
}
