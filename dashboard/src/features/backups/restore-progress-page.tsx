import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Restore } from '@vastrox/shared/backup.ts'
import { Check, ChevronRight, X } from 'lucide-react'
import { CheckList } from '#features/backups/drill-card.tsx'
import { sayChecks } from '#features/backups/backup-words.ts'
import { restoreQuery } from '#features/backups/queries.ts'
import {
  isRestoreUnderWay,
  sayEnd,
  type StepStanding,
  stepsOf,
} from '#features/backups/restore-words.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { cx } from '#lib/cx.ts'
import type { Load } from '#lib/load.ts'
import { exactTime, spanBetween } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { Badge, StateDot } from '#ui/state.tsx'

const route = getRouteApi('/shell/backups/restores/$id')

export const load: Load = ({ read, params: { id } }) => read(restoreQuery(id))

/** A restore or an import as it goes, and what came of it. The page may be left: it goes on. */
export function RestoreProgressPage() {
  const { id } = route.useParams()
  const { data: restore } = useSuspenseQuery(restoreQuery(id))
  const { subject, backupId, state, checks, reason } = restore
  const moving = isRestoreUnderWay(restore)
  const title = `${backupId === null ? t('Import into') : t('Restore of')} ${sayName(subject)}`
  useTitle(title)

  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6 lg:px-8">
      <nav
        aria-label={t('Path')}
        className="mb-3 flex flex-wrap items-center gap-1 text-sm text-muted"
      >
        <Link to="/backups/restores" className="hover:text-ink">
          {t('Restores')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{exactTime(restore.startedAt)}</span>
      </nav>
      <header className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-2xl font-semibold tracking-tight break-all">{title}</h1>
        <StateBadge state={state} moving={moving} />
      </header>
      <div className="space-y-5">
        {!moving && <End restore={restore} />}
        <Card title={t('How far it is')} flush footer={<Took restore={restore} moving={moving} />}>
          <ol aria-live="polite">
            {stepsOf(restore).map((step) => (
              <StepRow key={step.step} step={step} restore={restore} />
            ))}
          </ol>
        </Card>
        {checks.length > 0 && (
          <Card title={t('Checks')} lead={sayChecks(checks)} flush>
            <CheckList checks={checks} />
          </Card>
        )}
        {moving && reason !== null && <p className="text-muted">{reason}</p>}
      </div>
    </div>
  )
}

function StateBadge({ state, moving }: { state: Restore['state']; moving: boolean }) {
  if (state === 'queued') return <Badge tone="busy">{t('Waits for its turn')}</Badge>
  if (moving) return <Badge tone="busy">{t('Under way')}</Badge>
  return state === 'done' ? (
    <Badge tone="good">{t('Done')}</Badge>
  ) : (
    <Badge tone="bad">{t('Failed')}</Badge>
  )
}

function Took({ restore: { startedAt, endedAt }, moving }: { restore: Restore; moving: boolean }) {
  const now = useNow(moving)
  return (
    <span className="tabular">
      {moving
        ? t('For {startedAt}. You may leave this page: it goes on.', {
            startedAt: spanBetween(startedAt, now.toISOString()),
          })
        : t('It took {startedAt}.', { startedAt: spanBetween(startedAt, endedAt ?? startedAt) })}
    </span>
  )
}

function StepRow({ step, restore }: { step: StepStanding; restore: Restore }) {
  const { title, lead, state } = step
  return (
    <li
      aria-current={state === 'now' ? 'step' : undefined}
      className={cx(
        'flex items-start gap-3 border-b border-line px-4 py-3 last:border-0 sm:px-5',
        state === 'ahead' && 'text-muted',
      )}
    >
      <span className="flex size-5 shrink-0 items-center justify-center">
        <StepSign state={state} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {title}
          <span className="sr-only">: {SAID[state]}</span>
        </p>
        <p className="text-sm text-muted">{lead}</p>
        {state === 'now' && (
          <progress
            className="mt-2 h-2 w-full accent-accent"
            aria-label={title}
            {...(restore.progress !== null && { value: restore.progress })}
          />
        )}
      </div>
      {state === 'now' && restore.progress !== null && (
        <span className="tabular text-sm text-muted">{Math.round(restore.progress * 100)} %</span>
      )}
    </li>
  )
}

const SAID = { ahead: 'ahead', now: t('under way'), done: 'done', failed: 'failed' } as const

function StepSign({ state }: Pick<StepStanding, 'state'>) {
  if (state === 'done') return <Check size={16} aria-hidden className="text-good" />
  if (state === 'failed') return <X size={16} aria-hidden className="text-bad" />
  return <StateDot tone={state === 'now' ? 'busy' : 'idle'} />
}

function End({ restore }: { restore: Restore }) {
  const { state, subject, target, safetyBackupId, reason } = restore
  return (
    <Notice
      tone={state === 'failed' ? 'bad' : 'info'}
      title={sayEnd(restore)}
      actions={
        <>
          {state === 'done' && subject.type === 'addon' && (
            <ButtonLink
              size="sm"
              variant="primary"
              to="/addons/$addon"
              params={{ addon: target ?? subject.name }}
            >
              {t('Open {target}', { target: target ?? subject.name })}
            </ButtonLink>
          )}
          {safetyBackupId !== null && (
            <ButtonLink size="sm" to="/backups/$id" params={{ id: safetyBackupId }}>
              {t('What was there before')}
            </ButtonLink>
          )}
        </>
      }
    >
      {reason}
    </Notice>
  )
}
