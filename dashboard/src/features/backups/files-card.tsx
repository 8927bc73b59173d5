import type { Backup } from '@vastrox/shared/backup.ts'
import { Download } from 'lucide-react'
import { nameOf } from '#features/backups/backup-files.ts'
import { FileBrowser } from '#features/backups/file-browser.tsx'
import { useDownload } from '#features/backups/queries.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'

/** What is in a backup of files, each to be had by a click. They are shown when somebody asks. */
export function FilesCard({ backup: { id, subject } }: { backup: Backup }) {
  const download = useDownload(id)
  return (
    <Card title={t('Files')} lead={t('As they were then. A folder is downloaded as a tar.')} flush>
      <FileBrowser
        backupId={id}
        root={sayName(subject)}
        renderAfter={({ path, type }) =>
          type === 'file' || type === 'dir' ? (
            <Button
              size="sm"
              variant="quiet"
              square
              aria-label={t('Download {path}', { path: nameOf(path) })}
              title={t('Download')}
              disabled={download.isPending}
              icon={<Download size={15} aria-hidden />}
              onClick={() => download.mutate(path)}
            />
          ) : (
            <span className="size-8" />
          )
        }
      />
    </Card>
  )
}
