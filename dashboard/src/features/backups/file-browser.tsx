import { useQuery } from '@tanstack/react-query'
import type { BackupFile } from '@vastrox/shared/backup.ts'
import { ChevronRight, File, Folder, Link2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { foldersTo, nameOf, sortFiles } from '#features/backups/backup-files.ts'
import { backupFilesQuery } from '#features/backups/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'

interface Props {
  backupId: string
  /** What the outermost folder is called. */
  root: string
  /** Before a name: a box to tick. */
  renderBefore?: (file: BackupFile) => ReactNode
  /** At the end of a row: a button. */
  renderAfter?: (file: BackupFile) => ReactNode
}

const ICON = { dir: Folder, file: File, symlink: Link2, other: File }
const MOST = 500

/** The files in a backup, folder by folder: each is asked for when it is opened. */
export function FileBrowser({ backupId, root, renderBefore, renderAfter }: Props) {
  const [folder, setFolder] = useState('/')
  const { data: files, error, isPending, refetch } = useQuery(backupFilesQuery(backupId, folder))
  const sorted = sortFiles(files ?? [], folder)

  return (
    <div>
      <nav
        aria-label={t('Folders')}
        className="flex flex-wrap items-center gap-1 border-b border-line px-4 py-2 text-sm sm:px-5"
      >
        <Button size="sm" variant="quiet" onClick={() => setFolder('/')}>
          {root}
        </Button>
        {foldersTo(folder).map(({ name, path }) => (
          <span key={path} className="flex min-w-0 items-center gap-1">
            <ChevronRight size={14} aria-hidden className="shrink-0 text-faint" />
            <Button
              size="sm"
              variant="quiet"
              className="max-w-60 truncate"
              onClick={() => setFolder(path)}
            >
              {name}
            </Button>
          </span>
        ))}
      </nav>
      {error && (
        <div className="p-4">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {isPending && !error && <ListSkeleton rows={3} />}
      {files && sorted.length === 0 && (
        <p className="p-5 text-muted">{t('Nothing is in this folder.')}</p>
      )}
      <ul>
        {sorted.slice(0, MOST).map((file) => {
          const Icon = ICON[file.type]
          return (
            <li
              key={file.path}
              className="flex items-center gap-3 border-b border-line px-4 py-1.5 last:border-0 sm:px-5"
            >
              {renderBefore?.(file)}
              <Icon size={16} aria-hidden className="shrink-0 text-muted" />
              <span className="min-w-0 flex-1 truncate">
                {file.type === 'dir' ? (
                  <button
                    type="button"
                    className="max-w-full truncate hover:text-accent"
                    onClick={() => setFolder(file.path)}
                  >
                    {nameOf(file.path)}
                  </button>
                ) : (
                  nameOf(file.path)
                )}
              </span>
              <span className="hidden text-sm text-muted sm:inline">
                <Ago at={file.modifiedAt} />
              </span>
              <span className="tabular w-18 text-right text-sm">
                {file.type === 'file' ? sayBytes(file.sizeBytes) : ''}
              </span>
              {renderAfter?.(file)}
            </li>
          )
        })}
      </ul>
      {sorted.length > MOST && (
        <p className="px-4 py-3 text-sm text-muted sm:px-5">
          {t('{sorted} more are in this folder. All of them are in the download.', {
            sorted: sorted.length - MOST,
          })}
        </p>
      )}
    </div>
  )
}
