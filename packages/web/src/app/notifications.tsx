import { Alert, AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { useSyncExternalStore } from "react";

export interface Notification {
  variant: "success" | "danger" | "warning" | "info";
  title: string;
  text?: string;
}

type Shown = Notification & { key: number };

let shown: readonly Shown[] = [];
let lastKey = 0;
const listeners = new Set<() => void>();
const most = 5;

/** Shows a message above the page; errors and warnings stay until they are closed. */
export function notify(notification: Notification): void {
  lastKey += 1;
  set([...shown, { ...notification, key: lastKey }].slice(-most));
}

function set(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function close(key: number): void {
  set(shown.filter((one) => one.key !== key));
}

export function Notifications() {
  const current = useSyncExternalStore(subscribe, () => shown);
  return (
    <AlertGroup isToast isLiveRegion>
      {current.map(({ key, variant, title, text }) => {
        const passing = variant === "success" || variant === "info";
        return (
          <Alert
            key={key}
            variant={variant}
            title={title}
            timeout={passing ? 6000 : false}
            onTimeout={() => close(key)}
            actionClose={<AlertActionCloseButton title={title} onClose={() => close(key)} />}
          >
            {text}
          </Alert>
        );
      })}
    </AlertGroup>
  );
}
