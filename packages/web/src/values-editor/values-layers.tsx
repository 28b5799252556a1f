import type { LayeredValue, ValueLayer } from "@fairlead/network/rules";
import { EmptyState, Label, type LabelProps, SearchInput, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const colors: Record<ValueLayer, LabelProps["color"]> = {
  chart: "grey",
  definition: "teal",
  template: "purple",
  initial: "blue",
  user: "blue",
  managed: "orange",
};

const most = 200;

/** As the rules have it, and as the API answers it. */
export type ShownValue = Omit<LayeredValue, "removed"> & {
  readonly removed?: { readonly layer: ValueLayer; readonly value: unknown } | undefined;
};

/** What takes effect, key by key: the value, which layer it is from, and what it covers. */
export function ValuesLayers({ keys }: { keys: readonly ShownValue[] }) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState("");
  const [all, setAll] = useState(false);
  const shown = keys.filter(
    ({ layer, path, removed }) =>
      (all || layer !== "chart" || removed) && path.toLowerCase().includes(filter.toLowerCase()),
  );
  return (
    <div>
      <div className="fl-input-with-action">
        <SearchInput
          aria-label={t("values.filter")}
          placeholder={t("values.filter")}
          value={filter}
          onChange={(_event, value) => setFilter(value)}
          onClear={() => setFilter("")}
        />
        <ToggleGroup aria-label={t("values.which")}>
          <ToggleGroupItem
            text={t("values.set")}
            buttonId="values-set"
            isSelected={!all}
            onChange={() => setAll(false)}
          />
          <ToggleGroupItem
            text={t("values.all")}
            buttonId="values-all"
            isSelected={all}
            onChange={() => setAll(true)}
          />
        </ToggleGroup>
      </div>
      {shown.length === 0 ? (
        <EmptyState titleText={t("values.nothing")} headingLevel="h3" variant="sm" />
      ) : (
        <Table aria-label={t("values.effective")} variant="compact">
          <Thead>
            <Tr>
              <Th>{t("values.key")}</Th>
              <Th>{t("values.value")}</Th>
              <Th>{t("values.layer")}</Th>
              <Th modifier="wrap">{t("values.covers")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {shown.slice(0, most).map(({ path, value, layer, reason, covers, removed }) => (
              <Tr key={path}>
                <Td dataLabel={t("values.key")}>{path}</Td>
                <Td dataLabel={t("values.value")}>
                  <code>{JSON.stringify(value)}</code>
                </Td>
                <Td dataLabel={t("values.layer")}>
                  <Label color={colors[layer]} isCompact>
                    {t(`values.layers.${layer}`)}
                  </Label>
                  {reason && <div>{reason}</div>}
                </Td>
                <Td dataLabel={t("values.covers")}>
                  {[...covers, ...(removed ? [removed] : [])].map((covered) => (
                    <div key={covered.layer}>
                      {t(`values.layers.${covered.layer}`)}: <code>{JSON.stringify(covered.value)}</code>
                    </div>
                  ))}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      {shown.length > most && <p>{t("values.more", { count: shown.length - most })}</p>}
    </div>
  );
}
