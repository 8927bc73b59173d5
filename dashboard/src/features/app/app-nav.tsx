import { Link } from '@tanstack/react-router'
import { cx } from '#lib/cx.ts'
import { useMedia } from '#lib/use-media.ts'
import { t } from '#lib/words.ts'
import { TabLinks } from '#ui/tab-links.tsx'

const GROUPS = [
  { label: undefined, tabs: [{ label: t('Overview'), to: '/apps/$name', exact: true }] },
  {
    label: t('Code'),
    tabs: [
      { label: t('Source'), to: '/apps/$name/source' },
      { label: t('Files'), to: '/apps/$name/files' },
      { label: t('Deployments'), to: '/apps/$name/deployments' },
      { label: t('Releases'), to: '/apps/$name/releases' },
      { label: t('Env'), to: '/apps/$name/env' },
    ],
  },
  {
    label: t('Run'),
    tabs: [
      { label: t('Processes'), to: '/apps/$name/processes' },
      { label: t('Jobs'), to: '/apps/$name/jobs' },
      { label: t('Terminal'), to: '/apps/$name/terminal' },
    ],
  },
  {
    label: t('Watch'),
    tabs: [
      { label: t('Logs'), to: '/apps/$name/logs' },
      { label: t('Metrics'), to: '/apps/$name/metrics' },
      { label: t('Crashes'), to: '/apps/$name/crashes' },
    ],
  },
  {
    label: t('Visitors'),
    tabs: [
      { label: t('Domains'), to: '/apps/$name/domains' },
      { label: t('Routing'), to: '/apps/$name/routing' },
      { label: t('Traffic'), to: '/apps/$name/traffic' },
      { label: t('Access log'), to: '/apps/$name/access-log' },
    ],
  },
  {
    label: t('Data'),
    tabs: [
      { label: t('Databases'), to: '/apps/$name/databases' },
      { label: t('Volumes'), to: '/apps/$name/volumes' },
      { label: t('Backups'), to: '/apps/$name/backups' },
    ],
  },
  { label: undefined, tabs: [{ label: t('Settings'), to: '/apps/$name/settings' }] },
] as const
const ALL = GROUPS.flatMap(({ tabs }) => [...tabs])
const WIDE = '(min-width: 80rem)'

/** The pages of one app: beside them by what they are about, or above them where there is no room. */
export function AppNav({ name }: { name: string }) {
  const label = t('Pages of {name}', { name })
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
