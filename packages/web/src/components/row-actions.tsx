import { MenuToggle } from "@patternfly/react-core";
import { EllipsisVIcon } from "@patternfly/react-icons";
import { ActionsColumn, type IAction } from "@patternfly/react-table";

/** What can be done with one thing, behind a button that says of which. */
export function RowActions({ label, items }: { label: string; items: IAction[] }) {
  return (
    <ActionsColumn
      items={items}
      actionsToggle={({ onToggle, isOpen, toggleRef }) => (
        <MenuToggle
          ref={toggleRef}
          variant="plain"
          aria-label={label}
          icon={<EllipsisVIcon />}
          isExpanded={isOpen}
          onClick={onToggle}
        />
      )}
    />
  );
}
