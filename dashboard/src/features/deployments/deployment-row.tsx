import { Link } from '@tanstack/react-router'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import {
  DEPLOYMENT_STATE,
  hasEnded,
  titleOf,
  tookMs,
} from '#features/deployments/deployment-state.ts'
import { span } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import type { RowPlace } from '#ui/long-list.tsx'
import { Badge } from '#ui/state.tsx'

/** One deployment in a list: what, by whom, how it went, how long it took. */
export function DeploymentRow({ deployment, place }: { deployment: Deployment; place?: RowPlace }) {
  const { app, number, state, commit, actor, reason, createdAt, release } = deployment
  const { label, tone } = DEPLOYMENT_STATE[state]

  return (
    <li
      {...place}
      className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 hover:bg-hover/60 sm:grid-cols-[7.5rem_minmax(0,1fr)_auto] sm:px-5"
    >
      <span className="order-2 sm:order-none">
        <Badge tone={tone} dot>
          {label}
        </Badge>
      </span>
      <div className="min-w-0">
        <p className="truncate font-medium">
          <Link
            to="/apps/$name/deployments/$number"
            params={{ name: app, number: String(number) }}
            className="after:absolute after:inset-0"
          >
            {titleOf(deployment)}
          </Link>
        </p>
        <p className="truncate text-sm text-muted">
          <span className="tabular">#{number}</span>
          {commit && (
            <>
              {' · '}
              <span className="font-mono text-xs">{commit.sha.slice(0, 7)}</span>
              {` · ${commit.branch}`}
            </>
          )}
          {` · ${actor}`}
          {release !== null && ` · ${t('v{release}', { release })}`}
        </p>
        {reason !== null && <p className="truncate text-sm text-bad">{reason}</p>}
      </div>
      <div className="order-3 col-span-2 flex gap-2 text-sm text-muted sm:order-none sm:col-span-1 sm:block sm:text-right">
        <Ago at={createdAt} />
        <p className="tabular sm:mt-0.5">
          <Took deployment={deployment} live={!hasEnded(state)} />
        </p>
      </div>
    </li>
  )
}

function Took({ deployment, live }: { deployment: Deployment; live: boolean }) {
  const now = useNow(live)
  return <>{span(tookMs(deployment, now))}</>
}
