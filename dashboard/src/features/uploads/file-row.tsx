import { Link } from '@tanstack/react-router'
import type { TreeChange, UploadedFile } from '@vastrox/shared/upload.ts'
import { Download, File, Folder, Link2, Pencil, Trash2 } from 'lucide-react'
import { below } from '#features/uploads/paths.ts'
import { contentPath } from '#features/uploads/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button, ExternalButton } from '#ui/button.tsx'
import { Badge } from '#ui/state.tsx'

const ICON = { file: File, directory: Folder, symlink: Link2 }

interface Props {
  app: string
  folder: string
  file: UploadedFile
  /** What is different from the live release, where something is. */
  change: TreeChange['kind'] | 'inside' | undefined
  /** Missing where the reader may not. */
  onRename: (() => void) | undefined
  onRemove: (() => void) | undefined
}

export function FileRow({ app, folder, file, change, onRename, onRemove }: Props) {
  const { name, kind } = file
  const path = below(folder, name)
  const Icon = ICON[kind]
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-1.5 last:border-0 hover:bg-hover/60 sm:px-5">
      <Icon size={16} aria-hidden className="shrink-0 text-muted" />
      <span className="flex min-w-0 flex-1 items-center gap-2">
        <span className="truncate">
          {kind === 'directory' && (
            <Link
              to="/apps/$name/files"
              params={{ name: app }}
              search={{ folder: path }}
              className="hover:text-accent"
            >
              {name}
            </Link>
          )}
          {kind === 'file' && (
            <Link
              to="/apps/$name/files/edit"
              params={{ name: app }}
              search={{ path }}
              preload={false}
              className="hover:text-accent"
            >
              {name}
            </Link>
          )}
          {kind === 'symlink' && name}
        </span>
        {change !== undefined && (
          <Badge tone={change === 'added' ? 'good' : 'warn'}>
            {change === 'inside' ? t('changes') : change}
          </Badge>
        )}
      </span>
      <span className="hidden text-sm text-muted md:inline">
        <Ago at={file.modifiedAt} />
      </span>
      <span className="hidden w-20 text-right text-sm tabular-nums sm:inline">
        {kind === 'file' ? sayBytes(file.sizeBytes) : ''}
      </span>
      <span className="flex">
        {kind === 'file' && (
          <ExternalButton
            size="sm"
            variant="quiet"
            square
            aria-label={t('Download {name}', { name })}
            title={t('Download')}
            href={`/api/v1${contentPath(app, path)}`}
            download={name}
            icon={<Download size={15} aria-hidden />}
          />
        )}
        {onRename && (
          <Button
            size="sm"
            variant="quiet"
            square
            aria-label={t('Rename {name}', { name })}
            title={t('Rename or move')}
            icon={<Pencil size={15} aria-hidden />}
            onClick={onRename}
          />
        )}
        {onRemove && (
          <Button
            size="sm"
            variant="quiet"
            square
            aria-label={t('Remove {name}', { name })}
            title={t('Remove')}
            icon={<Trash2 size={15} aria-hidden />}
            onClick={onRemove}
          />
        )}
      </span>
    </li>
  )
}
