import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { App } from '@vastrox/shared/app.ts'
import type { Process } from '@vastrox/shared/process.ts'
import type { Release } from '@vastrox/shared/release.ts'
import { GitCommitHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { PushSteps } from '#features/app/push-steps.tsx'
import { Trouble } from '#features/app/trouble.tsx'
import { AsleepNotice } from '#features/sleep/asleep-notice.tsx'
import { useAppName } from '#features/app/use-app-name.ts'
import { UnderWay } from '#features/app/under-way.tsx'
import { appQuery } from '#features/apps/queries.ts'
import { DeploymentRow } from '#features/deployments/deployment-row.tsx'
import { lastDeploymentsQuery } from '#features/deployments/queries.ts'
import { firingQuery } from '#features/alerts/queries.ts'
import { WrongNow } from '#features/alerts/wrong-now.tsx'
import { LiveFigures } from '#features/metrics/live-figures.tsx'
import { InstanceList } from '#features/processes/instance-list.tsx'
import { processesQuery } from '#features/processes/queries.ts'
import { releasesQuery } from '#features/releases/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'

export const load: Load = ({ read, may, params: { name } }) =>
  Promise.all([
    may('alert.read') && read(firingQuery(name)),
    read(lastDeploymentsQuery(name)),
    read(processesQuery(name)),
    read(releasesQuery(name)),
  ])

export function OverviewTab() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))
  const { data: deployments } = useSuspenseQuery(lastDeploymentsQuery(name))
  const { data: processes } = useSuspenseQuery(processesQuery(name))
  useTitle(name)

  if (app.liveRelease === null && deployments.items.length === 0) return <PushSteps app={app} />
  return (
    <div className="space-y-5">
      <UnderWay deployments={deployments.items} />
      <AsleepNotice app={app} />
      <WrongNow app={name} />
      <Trouble app={app} processes={processes} deployments={deployments.items} />
      {app.liveRelease !== null && <LiveFigures app={name} />}
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-5">
        <LiveCard app={app} />
        <InstancesCard name={name} processes={processes} />
      </div>
      <Card
        title={t('Last deployments')}
        flush
        aside={
          <Link
            to="/apps/$name/deployments"
            params={{ name }}
            className="text-sm text-muted hover:text-ink"
          >
            {t('All deployments')}
          </Link>
        }
      >
        <ul>
          {deployments.items.map((deployment) => (
            <DeploymentRow key={deployment.id} deployment={deployment} />
          ))}
        </ul>
      </Card>
    </div>
  )
}

/** What visitors get at this moment. */
function LiveCard({ app }: { app: App }) {
  const { data: releases } = useSuspenseQuery(releasesQuery(app.name))
  const live = releases.find((release) => release.live)
  return (
    <Card title={t('Live now')} className="lg:col-span-3">
      <dl className="grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-2">
        <Fact label={t('Address')} wide>
          <ul className="space-y-0.5">
            {app.urls.map((url) => (
              <li key={url} className="flex items-center gap-1">
                <a
                  href={url}
                  target="_blank"
                  rel="noreferrer"
                  className="truncate hover:text-accent hover:underline"
                >
                  {url}
                </a>
                <CopyButton text={url} label={t('Copy {url}', { url })} className="-my-1.5" />
              </li>
            ))}
          </ul>
        </Fact>
        <Fact label={t('Release')}>
          {live ? <ReleaseFact release={live} app={app.name} /> : t('none yet')}
        </Fact>
        <Fact label={t('Commit')}>
          {live?.commit ? (
            <span className="flex min-w-0 items-center gap-1.5">
              <GitCommitHorizontal size={15} aria-hidden className="shrink-0 text-faint" />
              <code className="text-muted">{live.commit.sha.slice(0, 7)}</code>
              <span className="truncate">{live.commit.subject}</span>
            </span>
          ) : (
            t('not from a commit')
          )}
        </Fact>
      </dl>
    </Card>
  )
}

const ReleaseFact = ({ release, app }: { release: Release; app: string }) => (
  <>
    <Link
      to="/apps/$name/releases"
      params={{ name: app }}
      className="font-medium hover:text-accent hover:underline"
    >
      {t('v{number}', { number: release.number })}
    </Link>
    <span className="text-muted">
      {` · ${release.stack} · `}
      <Ago at={release.createdAt} />
    </span>
  </>
)

function Fact({
  label,
  wide = false,
  children,
}: {
  label: string
  wide?: boolean
  children: ReactNode
}) {
  return (
    <div className={wide ? 'min-w-0 sm:col-span-2' : 'min-w-0'}>
      <dt className="mb-0.5 text-sm text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

function InstancesCard({ name, processes }: { name: string; processes: readonly Process[] }) {
  const instances = processes.flatMap((process) => process.instances)
  return (
    <Card
      title={t('Instances')}
      flush
      className="lg:col-span-2"
      aside={
        <Link
          to="/apps/$name/processes"
          params={{ name }}
          className="text-sm text-muted hover:text-ink"
        >
          {t('Scale')}
        </Link>
      }
    >
      {instances.length === 0 ? (
        <p className="p-5 text-muted">{t('Nothing is running.')}</p>
      ) : (
        <InstanceList instances={instances} compact />
      )}
    </Card>
  )
}
