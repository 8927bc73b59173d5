import { Link } from '@tanstack/react-router'
import { cx } from '#lib/cx.ts'
import { useMedia } from '#lib/use-media.ts'
import { TabLinks } from '#ui/tab-links.tsx'

const GROUPS = [
  { label: undefined, tabs: [{ label: 'Overview', to: '/apps/$name', exact: true }] },
  {
    label: 'Code',
    tabs: [
      { label: 'Source', to: '/apps/$name/source' },
      { label: 'Files', to: '/apps/$name/files' },
      { label: 'Deployments', to: '/apps/$name/deployments' },
      { label: 'Releases', to: '/apps/$name/releases' },
      { label: 'Env', to: '/apps/$name/env' },
    ],
  },
  {
    label: 'Run',
    tabs: [
      { label: 'Processes', to: '/apps/$name/processes' },
      { label: 'Jobs', to: '/apps/$name/jobs' },
      { label: 'Terminal', to: '/apps/$name/terminal' },
    ],
  },
  {
    label: 'Watch',
    tabs: [
      { label: 'Logs', to: '/apps/$name/logs' },
      { label: 'Metrics', to: '/apps/$name/metrics' },
      { label: 'Crashes', to: '/apps/$name/crashes' },
    ],
  },
  {
    label: 'Visitors',
    tabs: [
      { label: 'Domains', to: '/apps/$name/domains' },
      { label: 'Routing', to: '/apps/$name/routing' },
      { label: 'Traffic', to: '/apps/$name/traffic' },
      { label: 'Access log', to: '/apps/$name/access-log' },
    ],
  },
  {
    label: 'Data',
    tabs: [
      { label: 'Databases', to: '/apps/$name/databases' },
      { label: 'Volumes', to: '/apps/$name/volumes' },
      { label: 'Backups', to: '/apps/$name/backups' },
    ],
  },
  { label: undefined, tabs: [{ label: 'Settings', to: '/apps/$name/settings' }] },
] as const
const ALL = GROUPS.flatMap(({ tabs }) => [...tabs])
const WIDE = '(min-width: 80rem)'

/** The pages of one app: beside them by what they are about, or above them where there is no room. */
export function AppNav({ name }: { name: string }) {
  const label = `Pages of ${name}`
  if (!useMedia(WIDE))
    return (
      <div className="mb-6">
        <TabLinks label={label} tabs={ALL} params={{ name }} />
      </div>
    )
  return (
    <nav aria-label={label} className="sticky top-6 self-start">
      {GROUPS.map((group, at) => (
        <div key={group.tabs[0].to} className={cx(at > 0 && 'mt-4')}>
          {group.label !== undefined && (
            <p className="mb-1 px-2.5 text-xs font-medium text-faint">{group.label}</p>
          )}
          {group.tabs.map((tab) => (
            <Link
              key={tab.to}
              to={tab.to}
              params={{ name }}
              activeOptions={{ exact: 'exact' in tab }}
              className="block rounded-md px-2.5 py-1 font-medium transition-colors"
              activeProps={{ className: 'bg-hover text-ink' }}
              inactiveProps={{ className: 'text-muted hover:bg-hover hover:text-ink' }}
            >
              {tab.label}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  )
}
