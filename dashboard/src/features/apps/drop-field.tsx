import { FileArchive, FolderOpen, UploadCloud } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { isOfApp } from '#features/apps/upload-app.ts'
import { chosenFiles, type DroppedFile, droppedFiles } from '#features/uploads/dropped-files.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  files: readonly DroppedFile[]
  error: string | undefined
  onFiles: (files: readonly DroppedFile[]) => void
}

/** Where a folder or an archive is dropped, or chosen. */
export function DropField({ files, error, onFiles }: Props) {
  const [isOver, setIsOver] = useState(false)
  const archive = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)

  function drop(event: DragEvent): void {
    event.preventDefault()
    setIsOver(false)
    droppedFiles(event.dataTransfer, isOfApp).then(onFiles, toast.error)
  }

  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t('The app’s files')}</legend>
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        className={cx(
          'rounded-md border border-dashed px-4 py-6 text-center',
          isOver ? 'border-accent bg-accent-soft' : 'border-line-strong bg-sunken',
        )}
      >
        <UploadCloud size={22} aria-hidden className="mx-auto mb-2 text-muted" />
        <output className="block">
          {files.length === 0 ? t('Drop a folder, or a zip or tar, here') : sayFiles(files)}
        </output>
        <p className="mt-3 flex flex-wrap justify-center gap-2">
          <Button
            size="sm"
            icon={<FolderOpen size={14} aria-hidden />}
            onClick={() => folder.current?.click()}
          >
            {t('Choose a folder')}
          </Button>
          <Button
            size="sm"
            icon={<FileArchive size={14} aria-hidden />}
            onClick={() => archive.current?.click()}
          >
            {t('Choose an archive or files')}
          </Button>
        </p>
        <input
          ref={(element) => {
            folder.current = element
            // React has no name for it.
            element?.setAttribute('webkitdirectory', '')
          }}
          type="file"
          hidden
          aria-label={t('Folder of the app')}
          onChange={({ target }) => onFiles(chosenFiles(target.files))}
        />
        <input
          ref={archive}
          type="file"
          multiple
          hidden
          aria-label={t('Archive or files of the app')}
          onChange={({ target }) => onFiles(chosenFiles(target.files))}
        />
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-1.5 text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  )
}

function sayFiles(files: readonly DroppedFile[]): string {
  const bytes = sayBytes(files.reduce((sum, { file }) => sum + file.size, 0))
  const [only] = files
  return files.length === 1 && only
    ? `${only.path}, ${bytes}`
    : t('{files} files, {bytes}', { files: files.length, bytes })
}
