import { useSuspenseQuery } from '@tanstack/react-query'
import type { BackupSubject } from '@vastrox/shared/backup.ts'
import { DatabaseBackup } from 'lucide-react'
import { BackUpNow } from '#features/backups/back-up-now.tsx'
import { BackupRow } from '#features/backups/backup-row.tsx'
import { isGood, isUnderWay } from '#features/backups/backup-words.ts'
import { subjectBackupsQuery } from '#features/backups/queries.ts'
import { sayContent } from '#features/backups/subject-words.ts'
import { sayBytes } from '#lib/bytes.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { Chart } from '#ui/chart.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

/** The backups of one thing, with the button that makes another. */
export function SubjectBackups({ subject }: { subject: Pick<BackupSubject, 'type' | 'name'> }) {
  const { data: backups } = useSuspenseQuery(subjectBackupsQuery(subject))
  const isMoving = backups.some(isUnderWay)
  const act = <BackUpNow subject={subject} isMoving={isMoving} variant="primary" />
  const sizes = backups
    .filter(isGood)
    .flatMap(({ sizeBytes, startedAt }) => (sizeBytes === null ? [] : [{ sizeBytes, startedAt }]))
    .toReversed()

  return (
    <div className="space-y-5">
      <Card
        title={t('Backups')}
        lead={sayContent(subject.type)}
        flush
        aside={backups.length > 0 && act}
      >
        {backups.length === 0 ? (
          <EmptyState
            icon={<DatabaseBackup size={20} aria-hidden />}
            title={t('No backup yet')}
            actions={act}
          >
            {t(
              'Each is encrypted before it leaves, and restored into a throw-away place for proof. A schedule makes them by itself.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {backups.map((backup) => (
              <BackupRow key={backup.id} backup={backup} />
            ))}
          </ul>
        )}
      </Card>
      {sizes.length > 2 && (
        <Card title={t('Size')} lead={t('Of the content, backup by backup.')}>
          <Chart
            label={t('Size of each backup')}
            look="lines"
            series={[
              { name: t('Content'), tone: 'good', values: sizes.map(({ sizeBytes }) => sizeBytes) },
            ]}
            places={sizes.map(({ startedAt }) => exactTime(startedAt))}
            say={sayBytes}
          />
        </Card>
      )}
    </div>
  )
}
