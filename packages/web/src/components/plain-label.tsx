import type { LabelProps } from "@patternfly/react-core";
import {
  CheckCircleIcon,
  ExclamationCircleIcon,
  ExclamationTriangleIcon,
  InfoCircleIcon,
} from "@patternfly/react-icons";
// It comes with PatternFly's own label alone.
import "@patternfly/react-styles/css/components/Label/label.css";
import type { ReactNode } from "react";

const icons = {
  success: <CheckCircleIcon />,
  warning: <ExclamationTriangleIcon />,
  danger: <ExclamationCircleIcon />,
  info: <InfoCircleIcon />,
};

export type PlainLabelStatus = keyof typeof icons;

interface PlainLabelProps extends Pick<LabelProps, "title"> {
  status?: PlainLabelStatus;
  color?: "blue";
  isOutline?: boolean;
  /** Default: that of the status. */
  icon?: ReactNode;
  children: string;
}

/**
 * Looks like PatternFly's compact label, and nothing else: that one measures its text, listens to the document's keys and
 * renders twice, which a long list cannot afford.
 */
export function PlainLabel({ status, color, isOutline = false, icon, title, children }: PlainLabelProps) {
  const modifiers = ["compact", status, color, isOutline && "outline"].filter(Boolean).map((name) => `pf-m-${name}`);
  const shown = icon ?? (status && icons[status]);
  return (
    <span className={`pf-v6-c-label ${modifiers.join(" ")}`} title={title}>
      <span className="pf-v6-c-label__content">
        {shown && <span className="pf-v6-c-label__icon">{shown}</span>}
        <span className="pf-v6-c-label__text">{children}</span>
      </span>
    </span>
  );
}
