import {
  Alert,
  Button,
  Card,
  CardBody,
  CardTitle,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextInput,
} from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorText, signIn } from "./api.ts";
import { Brand } from "./brand.tsx";

export function SignIn() {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  const { mutate, error, isPending } = useMutation({ mutationFn: signIn });
  return (
    <main className="fl-sign-in">
      <Card>
        <CardTitle component="h1">
          <Brand />
        </CardTitle>
        <CardBody>
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
              <FormHelperText>
                <HelperText>
                  <HelperTextItem>{t("signIn.help")}</HelperTextItem>
                </HelperText>
              </FormHelperText>
            </FormGroup>
            <Button type="submit" isBlock isLoading={isPending} isDisabled={token.trim() === "" || isPending}>
              {t("signIn.button")}
            </Button>
          </Form>
        </CardBody>
      </Card>
    </main>
  );
}
