import { useQuery } from '@tanstack/react-query'
import type { UploadedFile } from '@vastrox/shared/upload.ts'
import { ChevronRight, File, Folder, FolderPlus, Link2, Trash2, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { ArchiveDialog } from '#features/uploads/archive-dialog.tsx'
import { chosenFiles, type DroppedFile, droppedFiles } from '#features/uploads/dropped-files.ts'
import { NameDialog } from '#features/uploads/name-dialog.tsx'
import { above, below, isArchive, waysTo } from '#features/uploads/paths.ts'
import {
  contentPath,
  filesQuery,
  useMakeDirectory,
  useRemoveFile,
  useRenameFile,
} from '#features/uploads/queries.ts'
import { useSending } from '#features/uploads/use-sending.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

const ICON = { file: File, directory: Folder, symlink: Link2 }

/** The app's files, folder by folder; what is dropped on it is uploaded there. */
export function FilesCard({ app }: { app: string }) {
  const [folder, setFolder] = useState('/')
  const [isOver, setIsOver] = useState(false)
  const [naming, setNaming] = useState<'directory' | UploadedFile>()
  const [archive, setArchive] = useState<File>()
  const input = useRef<HTMLInputElement>(null)
  const { data, error } = useQuery(filesQuery(app, folder))
  const mayDeploy = useMay('app.deploy')
  const { sending, sendFiles, sendArchive, stop } = useSending(app)
  const makeDirectory = useMakeDirectory(app)
  const rename = useRenameFile(app)

  function take(files: readonly DroppedFile[]): void {
    const [only] = files
    if (files.length === 1 && only && isArchive(only.path)) setArchive(only.file)
    else if (files.length > 0) void sendFiles(folder, files)
  }

  function drop(event: DragEvent): void {
    event.preventDefault()
    setIsOver(false)
    if (mayDeploy) droppedFiles(event.dataTransfer).then(take, toast.error)
  }

  return (
    <Card
      title="Files"
      lead="The live release’s files, with what was uploaded since. Nothing here changes what runs until it is published."
      flush
      className={cx(isOver && 'ring-2 ring-accent')}
      aside={
        mayDeploy && (
          <span className="flex flex-wrap gap-2">
            <Button
              icon={<FolderPlus size={15} aria-hidden />}
              onClick={() => setNaming('directory')}
            >
              New folder
            </Button>
            <Button
              icon={<Upload size={15} aria-hidden />}
              busy={sending !== undefined}
              onClick={() => input.current?.click()}
            >
              Upload
            </Button>
            <input
              ref={input}
              type="file"
              multiple
              hidden
              aria-label="Files to upload"
              onChange={({ target }) => {
                take(chosenFiles(target.files ?? new DataTransfer().files))
                target.value = ''
              }}
            />
          </span>
        )
      }
      footer={
        sending ? (
          <>
            <output className="min-w-0 truncate">
              {sending.of > 1 && `${sending.at} of ${sending.of}: `}
              {sending.name} ({Math.round(sending.share * 100)} %)
            </output>
            <progress
              className="h-2 w-40 accent-accent"
              value={sending.share}
              aria-label={`Upload of ${sending.name}`}
            />
            <Button size="sm" onClick={stop}>
              Stop
            </Button>
          </>
        ) : (
          <span>
            {mayDeploy
              ? 'Drop files or folders here to upload them; a zip or tar can become the whole app.'
              : 'You may look at these files.'}
          </span>
        )
      }
    >
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(mayDeploy)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <nav
          aria-label="Folders"
          className="flex flex-wrap items-center gap-1 border-b border-line px-4 py-2 text-sm sm:px-5"
        >
          <Button size="sm" variant="quiet" onClick={() => setFolder('/')}>
            {app}
          </Button>
          {waysTo(folder).map(({ name, path }) => (
            <span key={path} className="flex items-center gap-1">
              <ChevronRight size={14} aria-hidden className="text-faint" />
              <Button size="sm" variant="quiet" onClick={() => setFolder(path)}>
                {name}
              </Button>
            </span>
          ))}
        </nav>
        {error && (
          <div className="p-4">
            <ErrorNotice error={error} onRetry={() => setFolder(above(folder))} />
          </div>
        )}
        <ul aria-label={`Files in ${folder}`}>
          {data?.files.length === 0 && (
            <li className="px-4 py-8 text-center text-muted sm:px-5">Nothing is in here.</li>
          )}
          {data?.files.map((file) => (
            <FileRow
              key={file.name}
              app={app}
              folder={folder}
              file={file}
              onOpen={setFolder}
              onRename={() => setNaming(file)}
            />
          ))}
        </ul>
        {data?.more === true && (
          <p className="px-4 py-3 text-sm text-muted sm:px-5">
            There are more than are shown here.
          </p>
        )}
      </div>
      <NameDialog
        key={naming === 'directory' ? 'directory' : naming?.name}
        open={naming !== undefined}
        onClose={() => setNaming(undefined)}
        title={naming === 'directory' ? 'New folder' : `Rename ${naming?.name ?? ''}`}
        name={naming === 'directory' ? '' : (naming?.name ?? '')}
        onName={(name) =>
          naming === 'directory' || naming === undefined
            ? makeDirectory.mutateAsync(below(folder, name))
            : rename.mutateAsync({ from: below(folder, naming.name), to: below(folder, name) })
        }
      />
      <ArchiveDialog
        file={archive}
        onClose={() => setArchive(undefined)}
        onDeploy={(file) => void sendArchive(file)}
        onKeep={(file) => void sendFiles(folder, [{ path: file.name, file }])}
      />
    </Card>
  )
}

interface RowProps {
  app: string
  folder: string
  file: UploadedFile
  onOpen: (path: string) => void
  onRename: () => void
}

function FileRow({ app, folder, file, onOpen, onRename }: RowProps) {
  const mayDeploy = useMay('app.deploy')
  const remove = useRemoveFile(app)
  const path = below(folder, file.name)
  const Icon = ICON[file.kind]
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-1.5 last:border-0 sm:px-5">
      <Icon size={16} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 truncate">
        {file.kind === 'directory' && (
          <button type="button" className="hover:text-accent" onClick={() => onOpen(path)}>
            {file.name}
          </button>
        )}
        {file.kind === 'file' && (
          <a
            className="hover:text-accent"
            href={`/api/v1${contentPath(app, path)}`}
            download={file.name}
          >
            {file.name}
          </a>
        )}
        {file.kind === 'symlink' && file.name}
      </span>
      <span className="hidden text-sm text-muted sm:inline">
        <Ago at={file.modifiedAt} />
      </span>
      <span className="w-20 text-right text-sm tabular-nums">
        {file.kind === 'file' ? sayBytes(file.sizeBytes) : ''}
      </span>
      {mayDeploy && (
        <span className="flex">
          <Button size="sm" variant="quiet" onClick={onRename}>
            Rename
          </Button>
          <Button
            size="sm"
            variant="quiet"
            square
            busy={remove.isPending}
            aria-label={`Remove ${file.name}`}
            icon={<Trash2 size={15} aria-hidden />}
            onClick={() => remove.mutate(path, { onError: toast.error })}
          />
        </span>
      )}
    </li>
  )
}
