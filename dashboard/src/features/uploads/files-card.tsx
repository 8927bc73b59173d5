import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, FilePlus, FolderOpen, FolderPlus, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { ArchiveDialog } from '#features/uploads/archive-dialog.tsx'
import { chosenFiles, type DroppedFile, droppedFiles } from '#features/uploads/dropped-files.ts'
import { type Asked, FileDialogs } from '#features/uploads/file-dialogs.tsx'
import { FileRow } from '#features/uploads/file-row.tsx'
import { changeIn, isArchive, waysTo } from '#features/uploads/paths.ts'
import { differenceQuery, filesQuery } from '#features/uploads/queries.ts'
import { SendingBar } from '#features/uploads/sending-bar.tsx'
import type { useSending } from '#features/uploads/use-sending.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Menu } from '#ui/menu.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { toast } from '#ui/toast.tsx'

/** Longer lists get a field to find something in them. */
const FINDABLE = 15

interface Props {
  app: string
  folder: string
  /** What is under way goes on while other folders are looked at. */
  sends: ReturnType<typeof useSending>
}

/** The app's files, folder by folder; what is dropped on it is uploaded there. */
export function FilesCard({ app, folder, sends }: Props) {
  const [isOver, setIsOver] = useState(false)
  const [asked, setAsked] = useState<Asked>()
  const [archive, setArchive] = useState<File>()
  const [find, setFind] = useState('')
  const files = useRef<HTMLInputElement>(null)
  const folders = useRef<HTMLInputElement>(null)
  const { data, error, refetch } = useQuery(filesQuery(app, folder))
  const { data: difference } = useQuery(differenceQuery(app))
  const mayDeploy = useMay('app.deploy')
  const { sending, sendFiles, sendArchive, stop } = sends
  const wanted = find.trim().toLowerCase()
  const shown = data?.files.filter(({ name }) => name.toLowerCase().includes(wanted)) ?? []

  function take(taken: readonly DroppedFile[]): void {
    const [only] = taken
    if (taken.length === 1 && only && isArchive(only.path)) setArchive(only.file)
    else if (taken.length > 0) void sendFiles(folder, taken)
  }

  function drop(event: DragEvent): void {
    event.preventDefault()
    setIsOver(false)
    if (mayDeploy) droppedFiles(event.dataTransfer).then(take, toast.error)
  }

  return (
    <Card
      title={t('Files')}
      lead={t(
        'The live release’s files, with what was uploaded since. Nothing here changes what runs until it is published.',
      )}
      flush
      className={cx(isOver && 'ring-2 ring-accent')}
      aside={
        mayDeploy && (
          <span className="flex flex-wrap gap-2">
            <Button
              icon={<FilePlus size={15} aria-hidden />}
              onClick={() => setAsked({ what: 'file' })}
            >
              {t('New file')}
            </Button>
            <Menu
              trigger={
                <Button
                  variant="primary"
                  icon={<Upload size={15} aria-hidden />}
                  busy={sending !== undefined}
                >
                  {t('Upload')}
                </Button>
              }
              entries={[
                { label: t('Files, or an archive'), onSelect: () => files.current?.click() },
                { label: t('A folder'), onSelect: () => folders.current?.click() },
                'line',
                {
                  label: t('New folder'),
                  icon: <FolderPlus size={15} aria-hidden />,
                  onSelect: () => setAsked({ what: 'folder' }),
                },
              ]}
            />
            <input
              ref={files}
              type="file"
              multiple
              hidden
              aria-label={t('Files to upload')}
              onChange={({ target }) => {
                take(chosenFiles(target.files))
                target.value = ''
              }}
            />
            <input
              ref={(element) => {
                folders.current = element
                // React has no name for it.
                element?.setAttribute('webkitdirectory', '')
              }}
              type="file"
              hidden
              aria-label={t('Folder to upload')}
              onChange={({ target }) => {
                take(chosenFiles(target.files))
                target.value = ''
              }}
            />
          </span>
        )
      }
      footer={
        sending ? (
          <SendingBar sending={sending} onStop={stop} />
        ) : (
          <span>
            {mayDeploy
              ? t(
                  'Drop files or folders here to upload them; a zip or tar can become the whole app.',
                )
              : t('You may look at these files.')}
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
        <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2 sm:px-5">
          <FolderPath app={app} folder={folder} />
          {(data?.files.length ?? 0) > FINDABLE && (
            <Field
              label={t('Find in this folder')}
              hideLabel
              type="search"
              placeholder={t('Find in this folder')}
              value={find}
              onChange={({ target }) => setFind(target.value)}
            />
          )}
        </div>
        {error && (
          <div className="p-4">
            <ErrorNotice error={error} onRetry={() => void refetch()} />
          </div>
        )}
        {!error && !data && <ListSkeleton rows={4} />}
        {data?.files.length === 0 && (
          <EmptyState
            icon={<FolderOpen size={20} aria-hidden />}
            title={folder === '/' ? t('No files yet') : t('This folder is empty')}
          >
            {mayDeploy
              ? t(
                  'Drop files or a folder here, upload a zip, or connect an FTP or SFTP client below. Then look at the difference, and publish it.',
                )
              : t('What is uploaded shows here before it is published.')}
          </EmptyState>
        )}
        {shown.length > 0 && (
          <ul aria-label={t('Files in {folder}', { folder })}>
            {shown.map((file) => (
              <FileRow
                key={file.name}
                app={app}
                folder={folder}
                file={file}
                change={changeIn(difference?.changes ?? [], folder, file)}
                onRename={mayDeploy ? () => setAsked({ what: 'rename', file }) : undefined}
                onRemove={mayDeploy ? () => setAsked({ what: 'remove', file }) : undefined}
              />
            ))}
          </ul>
        )}
        {data && data.files.length > 0 && shown.length === 0 && (
          <p className="px-4 py-8 text-center text-muted sm:px-5">
            {t('Nothing here is called that.')}
          </p>
        )}
        {data?.more === true && (
          <p className="px-4 py-3 text-sm text-muted sm:px-5">
            {t('There are more than are shown here.')}
          </p>
        )}
      </div>
      <FileDialogs app={app} folder={folder} asked={asked} onClose={() => setAsked(undefined)} />
      <ArchiveDialog
        file={archive}
        onClose={() => setArchive(undefined)}
        onDeploy={(file) => void sendArchive(file)}
        onKeep={(file) => void sendFiles(folder, [{ path: file.name, file }])}
      />
    </Card>
  )
}

function FolderPath({ app, folder }: { app: string; folder: string }) {
  const look = 'rounded-md px-1.5 py-1 hover:bg-hover hover:text-ink'
  return (
    <nav
      aria-label={t('Folders')}
      className="flex flex-wrap items-center gap-0.5 text-sm text-muted"
    >
      <Link to="/apps/$name/files" params={{ name: app }} className={look}>
        {app}
      </Link>
      {waysTo(folder).map(({ name, path }) => (
        <span key={path} className="flex items-center gap-0.5">
          <ChevronRight size={14} aria-hidden className="text-faint" />
          <Link
            to="/apps/$name/files"
            params={{ name: app }}
            search={{ folder: path }}
            className={look}
          >
            {name}
          </Link>
        </span>
      ))}
    </nav>
  )
}
