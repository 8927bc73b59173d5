import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Backup, CreateRestore } from '@vastrox/shared/backup.ts'
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { isGood } from '#features/backups/backup-words.ts'
import { PointList } from '#features/backups/point-list.tsx'
import { backupQuery, subjectBackupsQuery, useRestore } from '#features/backups/queries.ts'
import { RestoreConfirm } from '#features/backups/restore-confirm.tsx'
import { type How, waysFor } from '#features/backups/restore-words.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { cx } from '#lib/cx.ts'
import type { Load } from '#lib/load.ts'
import { exactTime } from '#lib/time.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'

const route = getRouteApi('/shell/backups/$id/restore')

export const load: Load = async ({ read, params: { id } }) => {
  const asked = await read(backupQuery(id))
  if (asked) await read(subjectBackupsQuery(asked.subject))
}

/** The way back, in three acts: which point, what becomes of what is there, and the last word. */
export function RestorePage() {
  const { id } = route.useParams()
  const { data: asked } = useSuspenseQuery(backupQuery(id))
  const { data: known = [], error } = useQuery(subjectBackupsQuery(asked.subject))
  const points = known.filter(isGood)
  const [chosenId, setChosenId] = useState(id)
  const backup = points.find((point) => point.id === chosenId) ?? asked
  const ways = waysFor(backup.subject)
  const [act, setAct] = useState<Act>(1)
  const [chosenHow, setHow] = useState<How>()
  const how = chosenHow ?? (ways.find(({ isUsual }) => isUsual) ?? ways[0])?.how
  const name = sayName(backup.subject)
  useTitle(t('Restore {name}', { name }))

  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6 lg:px-8">
      <nav
        aria-label={t('Path')}
        className="mb-3 flex flex-wrap items-center gap-1 text-sm text-muted"
      >
        <Link to="/backups" className="hover:text-ink">
          {t('Backups')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <Link to="/backups/$id" params={{ id }} className="hover:text-ink">
          {name}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{t('Restore')}</span>
      </nav>
      <h1 className="text-2xl font-semibold tracking-tight break-all">
        {t('Restore {name}', { name })}
      </h1>
      {how === undefined ? (
        <Notice tone="info" title={t('An installation comes back on an empty machine')}>
          {rich(
            t(
              'Run {code} with where the backups lie. It asks for the key of the destination, which was shown when it was made.',
            ),
            { code: <code>./install.sh --restore</code> },
          )}
        </Notice>
      ) : (
        <>
          <Acts act={act} onGo={setAct} />
          {error && <ErrorNotice error={error} />}
          {act === 1 && (
            <FirstAct
              points={points.length > 0 ? points : [asked]}
              backup={backup}
              onChoose={setChosenId}
              onGo={() => setAct(2)}
            />
          )}
          {act === 2 && (
            <SecondAct backup={backup} how={how} onHow={setHow}>
              <Button onClick={() => setAct(1)}>{t('Back')}</Button>
              <Button variant="primary" onClick={() => setAct(3)}>
                {t('Go on')}
              </Button>
            </SecondAct>
          )}
          {act === 3 && <ThirdAct backup={backup} how={how} onBack={() => setAct(2)} />}
        </>
      )}
    </div>
  )
}

type Act = 1 | 2 | 3

const ACTS = [
  [1, t('Which point')],
  [2, t('What becomes of what is there')],
  [3, t('Confirm')],
] as const

function Acts({ act, onGo }: { act: Act; onGo: (act: Act) => void }) {
  return (
    <ol className="my-5 flex flex-wrap gap-x-5 gap-y-2" aria-label={t('Acts')}>
      {ACTS.map(([number, title]) => (
        <li key={title} aria-current={number === act ? 'step' : undefined}>
          <button
            type="button"
            disabled={number >= act}
            onClick={() => onGo(number)}
            className={cx(
              'flex items-center gap-2 text-sm font-medium',
              number === act ? 'text-ink' : 'text-muted enabled:hover:text-ink',
            )}
          >
            <span
              aria-hidden
              className={cx(
                'flex size-6 items-center justify-center rounded-full text-xs',
                number <= act ? 'bg-accent-solid text-on-accent' : 'border border-line-strong',
              )}
            >
              {number}
            </span>
            {title}
          </button>
        </li>
      ))}
    </ol>
  )
}

interface FirstProps {
  points: readonly Backup[]
  backup: Backup
  onChoose: (id: string) => void
  onGo: () => void
}

const FirstAct = ({ points, backup, onChoose, onGo }: FirstProps) => (
  <Card
    title={t('Which point')}
    lead={t('Newest first. A proven one has been restored before, and is known to come back.')}
    flush
    footer={
      <Button variant="primary" className="ml-auto" disabled={!isGood(backup)} onClick={onGo}>
        {t('Go on from {startedAt}', { startedAt: exactTime(backup.startedAt) })}
      </Button>
    }
  >
    <PointList points={points} chosen={backup.id} onChoose={onChoose} />
  </Card>
)

function SecondAct({
  backup,
  how,
  onHow,
  children,
}: {
  backup: Backup
  how: How
  onHow: (how: How) => void
  children: ReactNode
}) {
  const ways = waysFor(backup.subject)
  return (
    <Card
      title={t('What becomes of what is there')}
      flush
      footer={<span className="ml-auto flex gap-2">{children}</span>}
    >
      <fieldset>
        <legend className="sr-only">{t('How it is restored')}</legend>
        {ways.map((way) => (
          <label
            key={way.how}
            className="flex cursor-pointer items-start gap-3 border-b border-line px-4 py-3.5 last:border-0 hover:bg-hover has-checked:bg-accent-soft sm:px-5"
          >
            <input
              type="radio"
              name="how"
              className="mt-1 accent-accent"
              checked={way.how === how}
              onChange={() => onHow(way.how)}
            />
            <span className="min-w-0">
              <span className="font-medium">{way.title}</span>
              {way.isUsual && <span className="ml-2 text-sm text-accent">{t('safest')}</span>}
              <span className="block text-sm text-muted">{way.lead}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </Card>
  )
}

function ThirdAct({ backup, how, onBack }: { backup: Backup; how: How; onBack: () => void }) {
  const navigate = useNavigate()
  const restore = useRestore(backup.id)
  const begin = (wish: CreateRestore) =>
    restore.mutate(wish, {
      onSuccess: ({ id }) =>
        void navigate({ to: '/backups/restores/$id', params: { id }, replace: true }),
    })
  return (
    <RestoreConfirm
      backup={backup}
      how={how}
      error={restore.error}
      busy={restore.isPending}
      onBack={onBack}
      onRestore={begin}
    />
  )
}
