import { Link } from '@tanstack/react-router'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { ArrowRight } from 'lucide-react'
import {
  DEPLOYMENT_STATE,
  isOnItsWay,
  titleOf,
  tookMs,
} from '#features/deployments/deployment-state.ts'
import { span } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { StateDot } from '#ui/state.tsx'

/** A deployment on its way, above everything else while it lasts. */
export function UnderWay({ deployments }: { deployments: readonly Deployment[] }) {
  const deployment = deployments.find(({ state }) => isOnItsWay(state))
  return deployment ? <Banner deployment={deployment} /> : null
}

function Banner({ deployment }: { deployment: Deployment }) {
  const now = useNow(true)
  const { app, number, state } = deployment
  return (
    <Link
      to="/apps/$name/deployments/$number"
      params={{ name: app, number: String(number) }}
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-busy/30 bg-busy-soft px-4 py-3 transition-colors hover:border-busy/60 sm:px-5"
    >
      <StateDot tone="busy" />
      <span className="font-medium">{DEPLOYMENT_STATE[state].label}</span>
      <span className="min-w-0 truncate">{titleOf(deployment)}</span>
      <span className="tabular ml-auto flex items-center gap-2 text-sm text-muted">
        {span(Math.floor(tookMs(deployment, now) / 1_000) * 1_000)}
        <ArrowRight size={15} aria-hidden />
      </span>
    </Link>
  )
}
