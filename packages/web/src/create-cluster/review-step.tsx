import {
  Alert,
  ClipboardCopyButton,
  CodeBlock,
  CodeBlockAction,
  CodeBlockCode,
  Tab,
  Tabs,
  TabTitleText,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { asCli, asCurl, asKubectl, asYaml } from "./as-commands.ts";
import { clusterManifest, creationRequest } from "./creation-request.ts";
import { useJudged } from "./wizard-state.ts";

/** The cluster as it will be, and the same as commands; the server is asked whether it would take it. */
export function ReviewStep() {
  const { t } = useTranslation();
  const { choices, judgement, project } = useJudged();
  const [id] = useState(newId);
  const request = creationRequest(choices, judgement.requested);
  const { data: told = [], error } = useQuery({
    queryKey: ["would-create", project, request],
    queryFn: async () => {
      let warnings: readonly string[] = [];
      await api.createCluster(project, request, { dryRun: true, onWarnings: (texts) => (warnings = texts) });
      return warnings;
    },
    retry: false,
    gcTime: 0,
  });
  const warnings = new Set([...judgement.warnings.map(({ field, message }) => `${field}: ${message}`), ...told]);
  const manifest = clusterManifest(choices, { spec: judgement.spec, project, id });
  const cli = asCli(project, choices, request);
  const missing = cli.missing.map((what) => t(`createCluster.${what}`)).join(", ");
  return (
    <>
      {error && <Failure error={error} title={t("createCluster.wouldBeRefused")} />}
      {warnings.size > 0 && (
        <Alert variant="warning" isInline title={t("createCluster.warnings")}>
          {[...warnings].map((text) => (
            <div key={text}>{text}</div>
          ))}
        </Alert>
      )}
      <Formats
        texts={{
          yaml: asYaml(manifest),
          kubectl: asKubectl(manifest),
          rest: asCurl(project, request),
          cli: cli.text,
        }}
        notes={missing ? { cli: t("createCluster.cliMissing", { missing }) } : {}}
      />
    </>
  );
}

const formats = ["yaml", "kubectl", "rest", "cli"] as const;
type Format = (typeof formats)[number];

function Formats({ texts, notes }: { texts: Record<Format, string>; notes: Partial<Record<Format, string>> }) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<Format>("yaml");
  return (
    <Tabs
      activeKey={format}
      onSelect={(_event, key) => setFormat(key as Format)}
      aria-label={t("createCluster.formats.label")}
      unmountOnExit
      mountOnEnter
    >
      {formats.map((each) => (
        <Tab key={each} eventKey={each} title={<TabTitleText>{t(`createCluster.formats.${each}`)}</TabTitleText>}>
          {notes[each] && <Alert variant="info" isInline isPlain title={notes[each]} />}
          <CodeBlock
            actions={
              <CodeBlockAction>
                <Copy text={texts[each]} label={t(`createCluster.copy.${each}`)} id={`copy-${each}`} />
              </CodeBlockAction>
            }
          >
            <CodeBlockCode id={`text-${each}`}>{texts[each]}</CodeBlockCode>
          </CodeBlock>
        </Tab>
      ))}
    </Tabs>
  );
}

function Copy({ text, label, id }: { text: string; label: string; id: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <ClipboardCopyButton
      id={id}
      aria-label={label}
      variant="plain"
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      onTooltipHidden={() => setCopied(false)}
    >
      {copied ? t("createCluster.copied") : label}
    </ClipboardCopyButton>
  );
}

const letters = "abcdefghijklmnopqrstuvwxyz";
const idLength = 10;

/** As the server makes them, for those who create the object themselves. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(idLength)), (byte) =>
    letters.charAt(byte % letters.length),
  ).join("");
}
