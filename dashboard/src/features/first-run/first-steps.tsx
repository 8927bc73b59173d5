import type { FirstRun, FirstStep } from '@vastrox/shared/first-run.ts'
import { Check, Circle, Minus } from 'lucide-react'
import { useChangeFirstRun } from '#features/first-run/queries.ts'
import { nextOf, PLACE, STEP_WORDS } from '#features/first-run/step-words.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'

interface Props {
  run: FirstRun
  /** Whether it may be said that a step is not for this team. */
  mayChange: boolean
  /** For the app step, where the page that shows the list can begin one itself. */
  onNewApp?: (() => void) | undefined
}

/** The steps, each with what was found about it just now. */
export function FirstSteps({ run, mayChange, onNewApp }: Props) {
  const change = useChangeFirstRun()
  const next = nextOf(run.steps)
  const skipped = run.steps.flatMap(({ key, isSkipped }) => (isSkipped ? [key] : []))

  return (
    <ol className="divide-y divide-line">
      {run.steps.map((step) => (
        <Step
          key={step.key}
          step={step}
          isNext={step.key === next}
          busy={change.isPending}
          onNewApp={onNewApp}
          onSkip={
            mayChange && step.state !== 'done'
              ? () =>
                  change.mutate({
                    skipped: step.isSkipped
                      ? skipped.filter((key) => key !== step.key)
                      : [...skipped, step.key],
                  })
              : undefined
          }
        />
      ))}
    </ol>
  )
}

interface StepProps {
  step: FirstStep
  isNext: boolean
  busy: boolean
  onNewApp: (() => void) | undefined
  onSkip: (() => void) | undefined
}

function Step({ step, isNext, busy, onNewApp, onSkip }: StepProps) {
  const { title, why, act } = STEP_WORDS[step.key]
  const isOpen = step.state === 'open' && !step.isSkipped
  return (
    <li
      aria-current={isNext ? 'step' : undefined}
      className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 py-4 sm:flex-nowrap sm:px-5"
    >
      <Mark step={step} />
      <div className="min-w-0 flex-1 basis-60">
        <h3 className={cx('font-medium', step.isSkipped && 'text-muted')}>
          {title}
          <span className="sr-only">: {sayState(step)}</span>
        </h3>
        {isOpen && <p className="text-muted">{why}</p>}
        <p
          className={cx('text-sm break-words', step.state === 'done' ? 'text-good' : 'text-muted')}
        >
          {step.isSkipped ? t('Left out by your team.') : step.found}
        </p>
      </div>
      <div className="flex gap-2">
        {onSkip && (isOpen || step.isSkipped) && (
          <Button
            size="sm"
            variant="quiet"
            aria-label={`${step.isSkipped ? t('Have it back') : t('Not for us')}: ${title}`}
            disabled={busy}
            onClick={onSkip}
          >
            {step.isSkipped ? t('Have it back') : t('Not for us')}
          </Button>
        )}
        {isOpen && step.isYours && <Go step={step} act={act} isNext={isNext} onNewApp={onNewApp} />}
      </div>
    </li>
  )
}

function Go({
  step,
  act,
  isNext,
  onNewApp,
}: {
  step: FirstStep
  act: string
  isNext: boolean
  onNewApp: (() => void) | undefined
}) {
  const look = { size: 'sm', variant: isNext ? 'primary' : 'secondary' } as const
  if (step.key === 'app' && step.app !== null)
    return (
      <ButtonLink to="/apps/$name" params={{ name: step.app }} {...look}>
        {t('Look at {app}', { app: step.app })}
      </ButtonLink>
    )
  if (step.key === 'domain' && step.app !== null)
    return (
      <ButtonLink to="/apps/$name/domains" params={{ name: step.app }} {...look}>
        {t('Look at its domain')}
      </ButtonLink>
    )
  if (step.key === 'app' && onNewApp)
    return (
      <Button {...look} onClick={onNewApp}>
        {act}
      </Button>
    )
  return (
    <ButtonLink to={PLACE[step.key]} {...look}>
      {act}
    </ButtonLink>
  )
}

const sayState = ({ state, isSkipped }: FirstStep): string => {
  if (state === 'done') return t('done')
  if (isSkipped) return t('left out')
  return state === 'open' ? t('open') : t('not yet possible')
}

function Mark({ step: { state, isSkipped } }: { step: FirstStep }) {
  const isDone = state === 'done'
  const Icon = isDone ? Check : isSkipped || state === 'not-yet-possible' ? Minus : Circle
  return (
    <span
      aria-hidden
      className={cx(
        'mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full',
        isDone ? 'bg-good-soft text-good' : 'text-faint',
      )}
    >
      <Icon size={isDone ? 13 : 15} />
    </span>
  )
}
