import type { Deployment, DeploymentState } from '@vastrox/shared/deployment.ts'
import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { hasEnded } from '#features/deployments/deployment-state.ts'
import { cx } from '#lib/cx.ts'
import { span } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'

const STEPS: readonly { state: DeploymentState; label: string }[] = [
  { state: 'queued', label: t('Queue') },
  { state: 'building', label: t('Build') },
  { state: 'releasing', label: t('Release') },
  { state: 'starting', label: t('Start') },
  { state: 'checking', label: t('Check') },
  { state: 'switching', label: t('Switch') },
  { state: 'watching', label: t('Watch') },
]

type Standing = 'done' | 'now' | 'broken' | 'skipped' | 'ahead'

/** The way of a deployment, step by step, with the time that each took. */
export function Phases({ deployment }: { deployment: Deployment }) {
  const running = !hasEnded(deployment.state)
  const now = useNow(running)
  const steps = STEPS.map((step) => ({ ...step, ...standingOf(deployment, step.state, now) }))

  return (
    <ol
      aria-label={t('Phases')}
      className="grid grid-cols-1 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-7"
    >
      {steps.map(({ state, label, standing, ms }) => (
        <li
          key={state}
          aria-current={standing === 'now' ? 'step' : undefined}
          className={cx('flex items-center gap-2.5 px-3 py-2 sm:block sm:py-2.5', GROUND[standing])}
        >
          <p className="flex items-center gap-2 font-medium">
            <Sign standing={standing} />
            <span className={cx((standing === 'ahead' || standing === 'skipped') && 'text-faint')}>
              {label}
            </span>
          </p>
          <p className="tabular ml-auto text-sm text-muted sm:mt-0.5 sm:ml-6">
            {ms === undefined ? <span aria-label={t('not begun')}>–</span> : span(ms)}
          </p>
        </li>
      ))}
    </ol>
  )
}

function standingOf(
  { phases, state }: Deployment,
  step: DeploymentState,
  now: Date,
): { standing: Standing; ms: number | undefined } {
  const index = phases.findIndex((phase) => phase.state === step)
  const phase = phases[index]
  if (!phase) return { standing: hasEnded(state) ? 'skipped' : 'ahead', ms: undefined }
  const next = phases[index + 1]
  const ms = (next ? new Date(next.at) : now).getTime() - new Date(phase.at).getTime()
  if (!next && !hasEnded(state)) return { standing: 'now', ms: Math.max(0, ms) }
  const broke =
    next?.state === 'failed' || next?.state === 'reverted' || next?.state === 'cancelled'
  return { standing: broke ? 'broken' : 'done', ms: Math.max(0, ms) }
}

const GROUND: Record<Standing, string> = {
  done: 'bg-surface',
  now: 'bg-busy-soft',
  broken: 'bg-bad-soft',
  skipped: 'bg-surface',
  ahead: 'bg-surface',
}

const SIGN: Record<Standing, ReactNode> = {
  done: <Check size={14} aria-label={t('done')} className="text-good" />,
  broken: <X size={14} aria-label={t('ended here')} className="text-bad" />,
  now: <span className="pulse-dot mx-[3px] size-2 rounded-full bg-busy" />,
  skipped: <span className="mx-[3px] size-2 rounded-full border border-line-strong" />,
  ahead: <span className="mx-[3px] size-2 rounded-full border border-line-strong" />,
}

const Sign = ({ standing }: { standing: Standing }) => (
  <span className="flex w-3.5 shrink-0 justify-center">{SIGN[standing]}</span>
)
