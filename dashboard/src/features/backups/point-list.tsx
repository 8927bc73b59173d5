import type { Backup } from '@vastrox/shared/backup.ts'
import { useState } from 'react'
import { sayDrill, standingOf } from '#features/backups/backup-words.ts'
import { sayBytes } from '#lib/bytes.ts'
import { ago, exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Badge } from '#ui/state.tsx'

interface Props {
  points: readonly Backup[]
  chosen: string
  onChoose: (id: string) => void
}

const AT_A_TIME = 12

/** The points that one can go back to; by arrow keys too. */
export function PointList({ points, chosen, onChoose }: Props) {
  const now = useNow()
  const [shown, setShown] = useState(() =>
    Math.max(AT_A_TIME, points.findIndex(({ id }) => id === chosen) + 1),
  )
  return (
    <>
      <fieldset>
        <legend className="sr-only">{t('Points to go back to')}</legend>
        {points.slice(0, shown).map((backup) => {
          const { label, tone } = standingOf(backup)
          return (
            <label
              key={backup.id}
              className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-3 last:border-0 hover:bg-hover has-checked:bg-accent-soft sm:px-5"
            >
              <input
                type="radio"
                name="point"
                className="accent-accent"
                checked={backup.id === chosen}
                onChange={() => onChoose(backup.id)}
              />
              <span className="min-w-0 flex-1 basis-52">
                <span className="tabular font-medium">{exactTime(backup.startedAt)}</span>
                <span className="block text-sm text-muted">
                  {ago(backup.startedAt, now)} · {sayDrill(backup.drill, now)}
                </span>
              </span>
              <span className="tabular text-sm text-muted">
                {backup.sizeBytes === null ? '' : sayBytes(backup.sizeBytes)}
              </span>
              <Badge tone={tone} dot>
                {label}
              </Badge>
            </label>
          )
        })}
      </fieldset>
      {points.length > shown && (
        <p className="p-2 text-center">
          <Button size="sm" variant="quiet" onClick={() => setShown(shown + 3 * AT_A_TIME)}>
            {t('Show older ones')}
          </Button>
        </p>
      )}
    </>
  )
}
