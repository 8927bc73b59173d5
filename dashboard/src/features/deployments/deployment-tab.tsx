import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { ArrowLeft, Ban } from 'lucide-react'
import { useAppName } from '#features/app/use-app-name.ts'
import { HowBuiltCard } from '#features/builds/how-built-card.tsx'
import { DeploymentLog } from '#features/deployments/deployment-log.tsx'
import {
  DEPLOYMENT_STATE,
  hasEnded,
  isCancellable,
  titleOf,
} from '#features/deployments/deployment-state.ts'
import { Phases } from '#features/deployments/phases.tsx'
import { deploymentQuery, useCancel } from '#features/deployments/queries.ts'
import { CodeDifference } from '#features/releases/code-difference.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

const route = getRouteApi('/shell/apps/$name/deployments/$number')

export const load: Load = ({ read, params: { name, number } }) =>
  read(deploymentQuery(name, number))

export function DeploymentTab() {
  const name = useAppName()
  const { number } = route.useParams()
  const { data: deployment } = useSuspenseQuery(deploymentQuery(name, number))
  useTitle(t('Deployment #{number} · {name}', { number, name }))

  return (
    <div className="space-y-5">
      <Header deployment={deployment} />
      <Outcome deployment={deployment} />
      <Phases deployment={deployment} />
      {deployment.release !== null && (
        <>
          <CodeDifference app={name} release={deployment.release} />
          <HowBuiltCard app={name} release={deployment.release} />
        </>
      )}
      <DeploymentLog app={name} number={number} ended={hasEnded(deployment.state)} />
    </div>
  )
}

function Header({ deployment }: { deployment: Deployment }) {
  const { app, number, state, commit, actor, release, createdAt } = deployment
  const { label, tone } = DEPLOYMENT_STATE[state]
  return (
    <header className="flex flex-wrap items-start justify-between gap-4">
      <div className="min-w-0">
        <Link
          to="/apps/$name/deployments"
          params={{ name: app }}
          className="mb-2 inline-flex items-center gap-1.5 text-sm text-muted hover:text-ink"
        >
          <ArrowLeft size={14} aria-hidden />
          {t('All deployments')}
        </Link>
        <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xl font-semibold tracking-tight">
          {titleOf(deployment)}
          <Badge tone={tone} dot>
            {label}
          </Badge>
        </h2>
        <p className="mt-1 text-muted">
          {rich(t('#{number} by {actor}, {createdAt}'), {
            number,
            actor,
            createdAt: <Ago at={createdAt} />,
          })}
          {commit && (
            <>
              {' · '}
              {rich(t('{sha} on {branch} by {author}'), {
                sha: <code className="text-ink">{commit.sha.slice(0, 10)}</code>,
                branch: commit.branch,
                author: commit.author,
              })}
            </>
          )}
        </p>
      </div>
      <div className="flex gap-2">
        {release !== null && (
          <ButtonLink to="/apps/$name/releases" params={{ name: app }} hash={`v${release}`}>
            {t('Release v{release}', { release })}
          </ButtonLink>
        )}
        <CancelButton deployment={deployment} />
      </div>
    </header>
  )
}

function CancelButton({ deployment: { app, number, state } }: { deployment: Deployment }) {
  const mayDeploy = useMay('app.deploy')
  const cancel = useCancel(app, number)
  if (!mayDeploy || !isCancellable(state)) return null
  return (
    <Button
      icon={<Ban size={15} aria-hidden />}
      busy={cancel.isPending}
      onClick={() => cancel.mutate(undefined, { onError: toast.error })}
    >
      {cancel.isPending ? t('Cancelling …') : t('Cancel')}
    </Button>
  )
}

/** When it did not go well: why, and what to do, above the log that shows it. */
function Outcome({ deployment }: { deployment: Deployment }) {
  const { state, reason, hint, previousRelease } = deployment
  if (state !== 'failed' && state !== 'reverted' && state !== 'cancelled') return null
  const serving =
    previousRelease === null
      ? t('The app was not live before, so visitors see no change.')
      : t('Release v{previousRelease} serves as before: visitors saw nothing of this.', {
          previousRelease,
        })
  return (
    <Notice
      tone={state === 'failed' ? 'bad' : 'warn'}
      title={reason ?? `${DEPLOYMENT_STATE[state].label}.`}
    >
      {hint !== null && <p>{hint}</p>}
      <p>{serving}</p>
    </Notice>
  )
}
