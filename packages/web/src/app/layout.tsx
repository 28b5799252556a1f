import {
  Button,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavGroup,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { BarsIcon, MoonIcon, SunIcon } from "@patternfly/react-icons";
import { Link, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Brand } from "./brand.tsx";
import { SignOutDialog } from "./sign-out-dialog.tsx";
import { chooseTheme, currentTheme } from "./theme.ts";
import { useMe } from "./use-me.ts";

const contentId = "content";

export function Layout() {
  const { t } = useTranslation();
  return (
    <Page
      masthead={<Head />}
      sidebar={<Sidebar />}
      isManagedSidebar
      mainContainerId={contentId}
      skipToContent={<SkipToContent href={`#${contentId}`}>{t("layout.skip")}</SkipToContent>}
    >
      <Outlet />
    </Page>
  );
}

function Head() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const [theme, setTheme] = useState(currentTheme);
  const [signingOut, setSigningOut] = useState(false);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton variant="plain" aria-label={t("layout.navigation")}>
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link to="/projects" {...props} />}>
            <Brand />
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar>
          <ToolbarContent>
            <ToolbarGroup align={{ default: "alignEnd" }} alignItems="center" gap={{ default: "gapSm" }}>
              <ToolbarItem>
                <Button
                  variant="plain"
                  aria-label={t(`layout.${other}`)}
                  icon={other === "dark" ? <MoonIcon /> : <SunIcon />}
                  onClick={() => {
                    chooseTheme(other);
                    setTheme(other);
                  }}
                />
              </ToolbarItem>
              <ToolbarItem visibility={{ default: "hidden", md: "visible" }}>{me?.email}</ToolbarItem>
              <ToolbarItem>
                <Button variant="link" onClick={() => setSigningOut(true)}>
                  {t("layout.signOut")}
                </Button>
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
      {signingOut && <SignOutDialog close={() => setSigningOut(false)} />}
    </Masthead>
  );
}

function Sidebar() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const { project } = useParams({ strict: false });
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label={t("layout.navigation")}>
          <NavList>
            <NavItem isActive={path === "/projects"}>
              <Link to="/projects">{t("projects.title")}</Link>
            </NavItem>
            {project && (
              <>
                <NavItem isActive={path.startsWith(`/projects/${project}/clusters`)}>
                  <Link to="/projects/$project/clusters" params={{ project }}>
                    {t("clusters.title")}
                  </Link>
                </NavItem>
                <NavItem isActive={path.startsWith(`/projects/${project}/templates`)}>
                  <Link to="/projects/$project/templates" params={{ project }}>
                    {t("templates.title")}
                  </Link>
                </NavItem>
              </>
            )}
          </NavList>
          {me?.isAdmin && (
            <NavGroup title={t("admin.title")}>
              <NavItem isActive={path === "/admin/cni-versions"}>
                <Link to="/admin/cni-versions">{t("admin.catalogue")}</Link>
              </NavItem>
              <NavItem isActive={path === "/admin/system-applications"}>
                <Link to="/admin/system-applications">{t("admin.systemApplications")}</Link>
              </NavItem>
            </NavGroup>
          )}
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
