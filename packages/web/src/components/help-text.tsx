import { FormHelperText, HelperText, HelperTextItem } from "@patternfly/react-core";

/** What is to be known about a field, below it. */
export function HelpText({ text }: { text: string }) {
  return (
    <FormHelperText>
      <HelperText>
        <HelperTextItem>{text}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}
