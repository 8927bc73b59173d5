import type { BackupSubject } from '@vastrox/shared/backup.ts'
import { DatabaseBackup } from 'lucide-react'
import { useBackUp } from '#features/backups/queries.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { useMay } from '#features/session/queries.ts'
import { t, tn } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  subject: Pick<BackupSubject, 'type' | 'name'>
  isMoving: boolean
  size?: 'sm' | 'md'
  variant?: 'primary' | 'secondary'
}

/** One click: of an app it covers code, env, volumes and databases. */
export function BackUpNow({ subject, isMoving, size = 'md', variant = 'secondary' }: Props) {
  const mayCreate = useMay('backup.create')
  const backUp = useBackUp(subject)
  if (!mayCreate) return null
  const label = isMoving ? t('Under way …') : t('Back up now')
  return (
    <Button
      size={size}
      variant={variant}
      busy={backUp.isPending || isMoving}
      aria-label={`${label}: ${sayName(subject)}`}
      icon={<DatabaseBackup size={15} aria-hidden />}
      onClick={() =>
        backUp.mutate(
          {},
          {
            onSuccess: (made) =>
              toast.good(
                tn(
                  made.length,
                  'A backup of {subject} is under way.',
                  '{count} backups are under way.',
                  { subject: sayName(subject) },
                ),
              ),
            onError: toast.error,
          },
        )
      }
    >
      {label}
    </Button>
  )
}
