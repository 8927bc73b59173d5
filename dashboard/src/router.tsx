import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { logSearch } from '#features/logs/log-filter.ts'
import { rangeSearch } from '#features/metrics/ranges.ts'
import { meQuery } from '#features/session/queries.ts'
import { ErrorPage } from '#features/shell/error-page.tsx'
import { NotFoundPage } from '#features/shell/not-found-page.tsx'
import { pageOf } from '#features/shell/page-of.ts'
import { ApiError } from '#lib/api-error.ts'
import { queryClient } from '#lib/query-client.ts'
import { isAddonName, isAppName, isCount, isFilePath, isId, safeReturn } from '#lib/route-params.ts'
import { PageSkeleton } from '#ui/skeleton.tsx'
import { Toasts } from '#ui/toast.tsx'

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const to = safeReturn(search['to'])
    return to === undefined ? {} : { to }
  },
  ...pageOf(() => import('#features/session/sign-in-page.tsx'), 'SignInPage'),
})

const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/$token',
  ...pageOf(() => import('#features/session/sign-in-link-page.tsx'), 'SignInLinkPage'),
})

/** For somebody new; whoever has an account goes on inside. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation/$token',
  ...pageOf(() => import('#features/team/invitation-page.tsx'), 'InvitationPage'),
})

const signInCallback = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/callback/$provider',
  ...pageOf(() => import('#features/session/sign-in-callback-page.tsx'), 'SignInCallbackPage'),
})

/** Everything for people who are signed in; whoever is not comes back here after signing in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  async beforeLoad({ context, location }) {
    const me = await context.queryClient.ensureQueryData(meQuery).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      throw redirect({ to: '/sign-in', search: { to: location.href }, replace: true })
    })
    if (me.needsSecondFactor && location.pathname !== '/account')
      throw redirect({ to: '/account', replace: true })
  },
  ...pageOf(() => import('#features/shell/shell.tsx'), 'Shell'),
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  ...pageOf(() => import('#features/overview/overview-page.tsx'), 'OverviewPage'),
})

const apps = createRoute({
  getParentRoute: () => shell,
  path: '/apps',
  ...pageOf(() => import('#features/apps/apps-page.tsx'), 'AppsPage'),
})

const app = createRoute({
  getParentRoute: () => shell,
  path: '/apps/$name',
  // What is no name never becomes part of a path of the API.
  beforeLoad: ({ params }) => {
    if (!isAppName(params.name)) throw notFound()
  },
  ...pageOf(() => import('#features/app/app-frame.tsx'), 'AppFrame'),
})

const appOverview = createRoute({
  getParentRoute: () => app,
  path: '/',
  ...pageOf(() => import('#features/app/overview-tab.tsx'), 'OverviewTab'),
})

const appPush = createRoute({
  getParentRoute: () => app,
  path: '/push',
  ...pageOf(() => import('#features/app/push-tab.tsx'), 'PushTab'),
})

const appDeployments = createRoute({
  getParentRoute: () => app,
  path: '/deployments',
  ...pageOf(() => import('#features/deployments/deployments-tab.tsx'), 'DeploymentsTab'),
})

const appDeployment = createRoute({
  getParentRoute: () => app,
  path: '/deployments/$number',
  beforeLoad: ({ params }) => {
    if (!isCount(params.number)) throw notFound()
  },
  ...pageOf(() => import('#features/deployments/deployment-tab.tsx'), 'DeploymentTab'),
})

const appReleases = createRoute({
  getParentRoute: () => app,
  path: '/releases',
  ...pageOf(() => import('#features/releases/releases-tab.tsx'), 'ReleasesTab'),
})

const appEnv = createRoute({
  getParentRoute: () => app,
  path: '/env',
  ...pageOf(() => import('#features/env/env-tab.tsx'), 'EnvTab'),
})

const appProcesses = createRoute({
  getParentRoute: () => app,
  path: '/processes',
  ...pageOf(() => import('#features/processes/processes-tab.tsx'), 'ProcessesTab'),
})

const appFiles = createRoute({
  getParentRoute: () => app,
  path: '/files',
  validateSearch: ({ folder }: Record<string, unknown>): { folder?: string } =>
    isFilePath(folder) ? { folder } : {},
  ...pageOf(() => import('#features/uploads/files-tab.tsx'), 'FilesTab'),
})

const appFile = createRoute({
  getParentRoute: () => app,
  path: '/files/edit',
  validateSearch: ({ path }: Record<string, unknown>): { path: string } => ({
    path: isFilePath(path) ? path : '/',
  }),
  ...pageOf(() => import('#features/files/editor-tab.tsx'), 'EditorTab'),
})

const appSource = createRoute({
  getParentRoute: () => app,
  path: '/source',
  validateSearch: ({ connect }: Record<string, unknown>): { connect?: 'pick' } =>
    connect === 'pick' ? { connect } : {},
  ...pageOf(() => import('#features/sources/source-tab.tsx'), 'SourceTab'),
})

const appVolumes = createRoute({
  getParentRoute: () => app,
  path: '/volumes',
  ...pageOf(() => import('#features/volumes/volumes-tab.tsx'), 'VolumesTab'),
})

const appDatabases = createRoute({
  getParentRoute: () => app,
  path: '/databases',
  ...pageOf(() => import('#features/addons/databases-tab.tsx'), 'DatabasesTab'),
})

const appBackups = createRoute({
  getParentRoute: () => app,
  path: '/backups',
  ...pageOf(() => import('#features/backups/app-backups-tab.tsx'), 'AppBackupsTab'),
})

const appDomains = createRoute({
  getParentRoute: () => app,
  path: '/domains',
  ...pageOf(() => import('#features/domains/domains-tab.tsx'), 'DomainsTab'),
})

const appRouting = createRoute({
  getParentRoute: () => app,
  path: '/routing',
  ...pageOf(() => import('#features/routing/routing-tab.tsx'), 'RoutingTab'),
})

const appTraffic = createRoute({
  getParentRoute: () => app,
  path: '/traffic',
  ...pageOf(() => import('#features/traffic/traffic-tab.tsx'), 'TrafficTab'),
})

const appMetrics = createRoute({
  getParentRoute: () => app,
  path: '/metrics',
  validateSearch: rangeSearch,
  ...pageOf(() => import('#features/metrics/metrics-tab.tsx'), 'MetricsTab'),
})

const appCrashes = createRoute({
  getParentRoute: () => app,
  path: '/crashes',
  ...pageOf(() => import('#features/crashes/crashes-tab.tsx'), 'CrashesTab'),
})

const appCrash = createRoute({
  getParentRoute: () => app,
  path: '/crashes/$number',
  beforeLoad: ({ params }) => {
    if (!isCount(params.number)) throw notFound()
  },
  ...pageOf(() => import('#features/crashes/crash-tab.tsx'), 'CrashTab'),
})

const appAccessLog = createRoute({
  getParentRoute: () => app,
  path: '/access-log',
  ...pageOf(() => import('#features/traffic/access-log-tab.tsx'), 'AccessLogTab'),
})

const appJobs = createRoute({
  getParentRoute: () => app,
  path: '/jobs',
  ...pageOf(() => import('#features/jobs/jobs-tab.tsx'), 'JobsTab'),
})

const appLogs = createRoute({
  getParentRoute: () => app,
  path: '/logs',
  validateSearch: logSearch,
  ...pageOf(() => import('#features/logs/logs-tab.tsx'), 'LogsTab'),
})

const appTerminal = createRoute({
  getParentRoute: () => app,
  path: '/terminal',
  ...pageOf(() => import('#features/terminal/app-terminal-tab.tsx'), 'AppTerminalTab'),
})

const appSettings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  ...pageOf(() => import('#features/app-settings/settings-tab.tsx'), 'SettingsTab'),
})

const addons = createRoute({
  getParentRoute: () => shell,
  path: '/addons',
  ...pageOf(() => import('#features/addons/addons-page.tsx'), 'AddonsPage'),
})

const newAddon = createRoute({
  getParentRoute: () => shell,
  path: '/addons/new',
  validateSearch: (search: Record<string, unknown>): { app?: string; kind?: string } => ({
    ...(isAppName(search['app']) && { app: search['app'] }),
    ...(isAddonName(search['kind']) && { kind: search['kind'] }),
  }),
  ...pageOf(() => import('#features/addons/new-addon-page.tsx'), 'NewAddonPage'),
})

const addon = createRoute({
  getParentRoute: () => shell,
  path: '/addons/$addon',
  // What is no name never becomes part of a path of the API.
  beforeLoad: ({ params }) => {
    if (!isAddonName(params.addon)) throw notFound()
  },
  ...pageOf(() => import('#features/addons/addon-frame.tsx'), 'AddonFrame'),
})

const addonTabs = [
  createRoute({
    getParentRoute: () => addon,
    path: '/',
    ...pageOf(() => import('#features/addons/addon-overview-tab.tsx'), 'AddonOverviewTab'),
  }),
  createRoute({
    getParentRoute: () => addon,
    path: '/backups',
    ...pageOf(() => import('#features/addons/addon-backups-tab.tsx'), 'AddonBackupsTab'),
  }),
  createRoute({
    getParentRoute: () => addon,
    path: '/console',
    ...pageOf(() => import('#features/addons/addon-console-tab.tsx'), 'AddonConsoleTab'),
  }),
  createRoute({
    getParentRoute: () => addon,
    path: '/metrics',
    validateSearch: rangeSearch,
    ...pageOf(() => import('#features/metrics/addon-metrics-tab.tsx'), 'AddonMetricsTab'),
  }),
  createRoute({
    getParentRoute: () => addon,
    path: '/logs',
    ...pageOf(() => import('#features/addons/addon-logs-tab.tsx'), 'AddonLogsTab'),
  }),
  createRoute({
    getParentRoute: () => addon,
    path: '/settings',
    ...pageOf(() => import('#features/addons/addon-settings-tab.tsx'), 'AddonSettingsTab'),
  }),
] as const

/** Around the lists of backups; a single one has a page of its own. */
const backupLists = createRoute({
  getParentRoute: () => shell,
  id: 'backup-lists',
  ...pageOf(() => import('#features/backups/backups-frame.tsx'), 'BackupsFrame'),
})

const backupTabs = [
  createRoute({
    getParentRoute: () => backupLists,
    path: '/backups',
    ...pageOf(() => import('#features/backups/overview-tab.tsx'), 'OverviewTab'),
  }),
  createRoute({
    getParentRoute: () => backupLists,
    path: '/backups/history',
    ...pageOf(() => import('#features/backups/history-tab.tsx'), 'HistoryTab'),
  }),
  createRoute({
    getParentRoute: () => backupLists,
    path: '/backups/schedules',
    ...pageOf(() => import('#features/backups/schedules-tab.tsx'), 'SchedulesTab'),
  }),
  createRoute({
    getParentRoute: () => backupLists,
    path: '/backups/destinations',
    ...pageOf(() => import('#features/destinations/destinations-tab.tsx'), 'DestinationsTab'),
  }),
  createRoute({
    getParentRoute: () => backupLists,
    path: '/backups/restores',
    ...pageOf(() => import('#features/backups/restores-tab.tsx'), 'RestoresTab'),
  }),
] as const

const mustBeId = ({ params }: { params: { id: string } }) => {
  if (!isId(params.id)) throw notFound()
}

const backup = createRoute({
  getParentRoute: () => shell,
  path: '/backups/$id',
  beforeLoad: mustBeId,
  ...pageOf(() => import('#features/backups/backup-page.tsx'), 'BackupPage'),
})

const backupRestore = createRoute({
  getParentRoute: () => shell,
  path: '/backups/$id/restore',
  beforeLoad: mustBeId,
  ...pageOf(() => import('#features/backups/restore-page.tsx'), 'RestorePage'),
})

const restoreProgress = createRoute({
  getParentRoute: () => shell,
  path: '/backups/restores/$id',
  beforeLoad: mustBeId,
  ...pageOf(() => import('#features/backups/restore-progress-page.tsx'), 'RestoreProgressPage'),
})

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/tokens',
  ...pageOf(() => import('#features/tokens/tokens-page.tsx'), 'TokensPage'),
})

const envGroups = createRoute({
  getParentRoute: () => shell,
  path: '/env-groups',
  ...pageOf(() => import('#features/env/groups-page.tsx'), 'EnvGroupsPage'),
})

const team = createRoute({
  getParentRoute: () => shell,
  path: '/team',
  ...pageOf(() => import('#features/team/team-page.tsx'), 'TeamPage'),
})

const joinTeam = createRoute({
  getParentRoute: () => shell,
  path: '/invitation/$token/join',
  ...pageOf(() => import('#features/team/join-page.tsx'), 'JoinPage'),
})

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  ...pageOf(() => import('#features/audit/audit-page.tsx'), 'AuditPage'),
})

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks',
  ...pageOf(() => import('#features/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
})

const node = createRoute({
  getParentRoute: () => shell,
  path: '/node',
  ...pageOf(() => import('#features/node/node-frame.tsx'), 'NodeFrame'),
})

const nodeTabs = [
  createRoute({
    getParentRoute: () => node,
    path: '/',
    ...pageOf(() => import('#features/node/node-page.tsx'), 'NodePage'),
  }),
  createRoute({
    getParentRoute: () => node,
    path: '/metrics',
    validateSearch: rangeSearch,
    ...pageOf(() => import('#features/metrics/node-metrics-tab.tsx'), 'NodeMetricsTab'),
  }),
] as const

/** Around the lists of alerts; a single one has a page of its own. */
const alertLists = createRoute({
  getParentRoute: () => shell,
  id: 'alert-lists',
  ...pageOf(() => import('#features/alerts/alerts-frame.tsx'), 'AlertsFrame'),
})

const alertTabs = [
  createRoute({
    getParentRoute: () => alertLists,
    path: '/alerts',
    ...pageOf(() => import('#features/alerts/now-tab.tsx'), 'NowTab'),
  }),
  createRoute({
    getParentRoute: () => alertLists,
    path: '/alerts/history',
    ...pageOf(() => import('#features/alerts/history-tab.tsx'), 'HistoryTab'),
  }),
  createRoute({
    getParentRoute: () => alertLists,
    path: '/alerts/rules',
    ...pageOf(() => import('#features/alerts/rules-tab.tsx'), 'RulesTab'),
  }),
  createRoute({
    getParentRoute: () => alertLists,
    path: '/alerts/silences',
    ...pageOf(() => import('#features/alerts/silences-tab.tsx'), 'SilencesTab'),
  }),
  createRoute({
    getParentRoute: () => alertLists,
    path: '/alerts/channels',
    ...pageOf(() => import('#features/channels/channels-tab.tsx'), 'ChannelsTab'),
  }),
  createRoute({
    getParentRoute: () => alertLists,
    path: '/alerts/drains',
    ...pageOf(() => import('#features/drains/drains-tab.tsx'), 'DrainsTab'),
  }),
] as const

const alert = createRoute({
  getParentRoute: () => shell,
  path: '/alerts/$id',
  beforeLoad: mustBeId,
  ...pageOf(() => import('#features/alerts/alert-page.tsx'), 'AlertPage'),
})

const uptime = createRoute({
  getParentRoute: () => shell,
  path: '/uptime',
  ...pageOf(() => import('#features/uptime/uptime-page.tsx'), 'UptimePage'),
})

const uptimeCheck = createRoute({
  getParentRoute: () => shell,
  path: '/uptime/$id',
  validateSearch: rangeSearch,
  beforeLoad: mustBeId,
  ...pageOf(() => import('#features/uptime/check-page.tsx'), 'CheckPage'),
})

const disk = createRoute({
  getParentRoute: () => shell,
  path: '/disk',
  ...pageOf(() => import('#features/disk/disk-page.tsx'), 'DiskPage'),
})

const trash = createRoute({
  getParentRoute: () => shell,
  path: '/trash',
  ...pageOf(() => import('#features/trash/trash-page.tsx'), 'TrashPage'),
})

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  ...pageOf(() => import('#features/settings/settings-page.tsx'), 'SettingsPage'),
})

const platformLog = createRoute({
  getParentRoute: () => shell,
  path: '/platform-log',
  validateSearch: logSearch,
  ...pageOf(() => import('#features/logs/platform-log-page.tsx'), 'PlatformLogPage'),
})

const firewall = createRoute({
  getParentRoute: () => shell,
  path: '/firewall',
  ...pageOf(() => import('#features/firewall/firewall-page.tsx'), 'FirewallPage'),
})

const certificates = createRoute({
  getParentRoute: () => shell,
  path: '/certificates',
  ...pageOf(() => import('#features/certificates/certificates-page.tsx'), 'CertificatesPage'),
})

const domainSettings = createRoute({
  getParentRoute: () => shell,
  path: '/settings/domain',
  ...pageOf(() => import('#features/domain-settings/domain-page.tsx'), 'DomainPage'),
})

const firstSteps = createRoute({
  getParentRoute: () => shell,
  path: '/first-steps',
  ...pageOf(() => import('#features/first-run/first-run-page.tsx'), 'FirstRunPage'),
})

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  ...pageOf(() => import('#features/account/account-page.tsx'), 'AccountPage'),
})

/** Any other address: said inside the shell, so that the way on is beside it. */
const elsewhere = createRoute({
  getParentRoute: () => shell,
  path: '$',
  component: () => <NotFoundPage />,
})

const appTabs = [
  appOverview,
  appPush,
  appDeployments,
  appDeployment,
  appReleases,
  appEnv,
  appProcesses,
  appJobs,
  appFiles,
  appFile,
  appSource,
  appVolumes,
  appDatabases,
  appBackups,
  appDomains,
  appRouting,
  appTraffic,
  appMetrics,
  appCrashes,
  appCrash,
  appAccessLog,
  appLogs,
  appTerminal,
  appSettings,
] as const

const routeTree = root.addChildren([
  signIn,
  signInLink,
  invitation,
  signInCallback,
  shell.addChildren([
    home,
    apps,
    app.addChildren(appTabs),
    addons,
    newAddon,
    addon.addChildren(addonTabs),
    backupLists.addChildren(backupTabs),
    backup,
    backupRestore,
    restoreProgress,
    tokens,
    webhooks,
    envGroups,
    team,
    joinTeam,
    audit,
    alertLists.addChildren(alertTabs),
    alert,
    uptime,
    uptimeCheck,
    node.addChildren(nodeTabs),
    disk,
    trash,
    settings,
    platformLog,
    firewall,
    certificates,
    account,
    domainSettings,
    firstSteps,
    elsewhere,
  ]),
])

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  // The query cache decides what is fresh; the router keeps nothing of its own.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: () => <NotFoundPage />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
