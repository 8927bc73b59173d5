import { useSuspenseQuery } from '@tanstack/react-query'
import { DatabaseBackup } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Calendar } from '#features/backups/calendar.tsx'
import { dateOf } from '#features/backups/calendar-days.ts'
import { BackupRow } from '#features/backups/backup-row.tsx'
import { recentBackupsQuery, WEEKS_SHOWN } from '#features/backups/queries.ts'
import { keyOf, sayName, sayType } from '#features/backups/subject-words.ts'
import { language } from '#lib/language.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Select } from '#ui/select.tsx'

const AT_A_TIME = 50

export const load: Load = ({ read }) => read(recentBackupsQuery)

/** Every backup of the last weeks. */
export function HistoryTab() {
  const {
    data: { backups, readSince },
  } = useSuspenseQuery(recentBackupsQuery)
  const [subject, setSubject] = useState('')
  const [state, setState] = useState('')
  const [day, setDay] = useState<string>()
  const [shown, setShown] = useState(AT_A_TIME)
  useTitle(t('History · Backups'))
  const subjects = useMemo(
    () => [...new Map(backups.map((each) => [keyOf(each.subject), each.subject])).entries()],
    [backups],
  )
  const matching = backups.filter(
    (backup) =>
      (subject === '' || keyOf(backup.subject) === subject) &&
      (state === '' || (state === 'proven' ? backup.drill?.state === 'proven' : isTrouble(backup))),
  )
  const found =
    day === undefined
      ? matching
      : matching.filter(({ startedAt }) => dateOf(new Date(startedAt)) === day)

  return (
    <Card
      title={t('History')}
      lead={
        readSince === null
          ? t('What was backed up in the last {WEEKS_SHOWN} weeks and more, newest first.', {
              WEEKS_SHOWN,
            })
          : t('The newest {backups} backups, newest first: there are older ones.', {
              backups: sayNumber(backups.length),
            })
      }
      flush
      aside={
        <span className="flex flex-wrap gap-2">
          <Select
            label={t('Of')}
            hideLabel
            value={subject}
            onChange={({ target }) => setSubject(target.value)}
            className="w-44"
          >
            <option value="">{t('Everything')}</option>
            {subjects.map(([key, each]) => (
              <option key={key} value={key}>
                {sayName(each)} ({sayType(each.type)})
              </option>
            ))}
          </Select>
          <Select
            label={t('State')}
            hideLabel
            value={state}
            onChange={({ target }) => setState(target.value)}
            className="w-36"
          >
            <option value="">{t('All states')}</option>
            <option value="proven">{t('Proven')}</option>
            <option value="trouble">{t('Failed')}</option>
          </Select>
        </span>
      }
    >
      {backups.length > 0 && (
        <Calendar backups={matching} readSince={readSince} chosen={day} onChoose={setDay} />
      )}
      {day !== undefined && (
        <p className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2 text-sm text-muted sm:px-5">
          {exactDay(day)}
          <Button size="sm" variant="quiet" onClick={() => setDay(undefined)}>
            {t('Show all days')}
          </Button>
        </p>
      )}
      {found.length === 0 ? (
        <EmptyState icon={<DatabaseBackup size={20} aria-hidden />} title={t('No backup to show')}>
          {backups.length === 0
            ? t('Backups come here as they are made, by a schedule or by “Back up now”.')
            : t('Nothing matches what is chosen above.')}
        </EmptyState>
      ) : (
        <ul>
          {found.slice(0, shown).map((backup) => (
            <BackupRow key={backup.id} backup={backup} withSubject />
          ))}
        </ul>
      )}
      {found.length > shown && (
        <p className="p-3 text-center">
          <Button variant="quiet" onClick={() => setShown(shown + AT_A_TIME)}>
            {t('Show more')}
          </Button>
        </p>
      )}
    </Card>
  )
}

const DAY = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })
const exactDay = (date: string): string => DAY.format(new Date(`${date}T12:00:00`))

const sayNumber = (value: number): string => value.toLocaleString(language)

const isTrouble = ({ state, drill }: { state: string; drill: { state: string } | null }): boolean =>
  state === 'failed' || drill?.state === 'failed'
