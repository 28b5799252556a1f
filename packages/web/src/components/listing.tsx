import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Flex,
  FlexItem,
  Spinner,
  Title,
} from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "./failure.tsx";

interface ListingProps<T> {
  title: string;
  /** Of the title; what stands below an empty list is one level down. Default: 1. */
  level?: 1 | 2;
  query: { data: readonly T[] | undefined; error: unknown; refetch: () => unknown };
  /** What to do where there is nothing yet, and beside the title where there is something. */
  action?: ReactNode;
  /** Shown where the list is empty. */
  empty: { title: string; text: string };
  /** Above the list, whatever it holds. */
  notice?: ReactNode;
  children: (items: readonly T[]) => ReactNode;
}

/** The frame of a list: title, what can be added, and what stands there while the list is loading, failed or empty. */
export function Listing<T>({ title, level = 1, query, action, empty, notice, children }: ListingProps<T>) {
  const { t } = useTranslation();
  const { data, error, refetch } = query;
  const filled = data !== undefined && data.length > 0;
  return (
    <>
      <Flex className="fl-listing-title" justifyContent={{ default: "justifyContentSpaceBetween" }}>
        <FlexItem>
          <Title headingLevel={`h${level}`}>{title}</Title>
        </FlexItem>
        {filled && action && <FlexItem>{action}</FlexItem>}
      </Flex>
      {notice}
      {error != null && <Failure error={error} retry={refetch} />}
      {!data && error == null && <Spinner aria-label={t("common.loading")} />}
      {data?.length === 0 && (
        <EmptyState titleText={empty.title} headingLevel={level === 1 ? "h2" : "h3"}>
          <EmptyStateBody>{empty.text}</EmptyStateBody>
          {action && (
            <EmptyStateFooter>
              <EmptyStateActions>{action}</EmptyStateActions>
            </EmptyStateFooter>
          )}
        </EmptyState>
      )}
      {filled && children(data)}
    </>
  );
}
