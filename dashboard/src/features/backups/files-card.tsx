import type { Backup } from '@vastrox/shared/backup.ts'
import { Download } from 'lucide-react'
import { nameOf } from '#features/backups/backup-files.ts'
import { FileBrowser } from '#features/backups/file-browser.tsx'
import { downloadUrl } from '#features/backups/queries.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { Card } from '#ui/card.tsx'

/** What is in a backup of files, each to be had by a click. */
export function FilesCard({ backup: { id, subject } }: { backup: Backup }) {
  return (
    <Card title="Files" lead="As they were then. Looking at them is audited." flush>
      <FileBrowser
        backupId={id}
        root={sayName(subject)}
        renderAfter={({ path, type }) =>
          type === 'file' || type === 'dir' ? (
            <a
              href={downloadUrl(id, path)}
              download
              aria-label={`Download ${nameOf(path)}`}
              title="Download"
              className="flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
            >
              <Download size={15} aria-hidden />
            </a>
          ) : (
            <span className="size-8" />
          )
        }
      />
    </Card>
  )
}
