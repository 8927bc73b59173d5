import { useNavigate } from '@tanstack/react-router'
import type { UploadedFile } from '@vastrox/shared/upload.ts'
import { makeTextFile } from '#features/files/text-file.ts'
import { NameDialog } from '#features/uploads/name-dialog.tsx'
import { below } from '#features/uploads/paths.ts'
import {
  useMakeDirectory,
  useRefreshUploads,
  useRemoveFile,
  useRenameFile,
} from '#features/uploads/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

export type Asked =
  | { what: 'file' }
  | { what: 'folder' }
  | { what: 'rename'; file: UploadedFile }
  | { what: 'remove'; file: UploadedFile }

interface Props {
  app: string
  folder: string
  asked: Asked | undefined
  onClose: () => void
}

const TITLE = { file: t('New file'), folder: t('New folder') }

/** What is asked before a file or folder is made, renamed or removed. */
export function FileDialogs({ app, folder, asked, onClose }: Props) {
  const navigate = useNavigate()
  const refresh = useRefreshUploads(app)
  const makeDirectory = useMakeDirectory(app)
  const rename = useRenameFile(app)
  const remove = useRemoveFile(app)
  const isNaming = asked !== undefined && asked.what !== 'remove'
  const renamed = asked?.what === 'rename' ? asked.file.name : undefined

  async function take(name: string): Promise<void> {
    const path = below(folder, name)
    if (asked?.what === 'folder') await makeDirectory.mutateAsync(path)
    if (asked?.what === 'rename')
      await rename.mutateAsync({ from: below(folder, asked.file.name), to: path })
    if (asked?.what !== 'file') return
    await makeTextFile(app, path)
    await refresh()
    await navigate({ to: '/apps/$name/files/edit', params: { name: app }, search: { path } })
  }

  const removed = asked?.what === 'remove' ? asked.file : undefined
  const close = () => {
    remove.reset()
    onClose()
  }
  return (
    <>
      <NameDialog
        key={`${asked?.what} ${renamed ?? ''}`}
        open={isNaming}
        onClose={onClose}
        title={
          asked?.what === 'file' || asked?.what === 'folder'
            ? TITLE[asked.what]
            : t('Rename {renamed}', { renamed: renamed ?? '' })
        }
        hint={
          asked?.what === 'rename'
            ? t('With slashes it moves into another folder, which is made where there is none.')
            : t('With slashes the folders above are made, too.')
        }
        name={renamed ?? ''}
        onName={take}
      />
      <Dialog
        open={removed !== undefined}
        onClose={close}
        title={t('Remove {name}?', { name: removed?.name ?? '' })}
        lead={
          removed?.kind === 'directory'
            ? t(
                'With everything that is in it. What runs changes only when it is published; until then Discard brings it back.',
              )
            : t(
                'What runs changes only when it is published; until then Discard brings back what the live release has.',
              )
        }
      >
        {remove.error && <ErrorNotice error={remove.error} />}
        <DialogActions>
          <Button onClick={close}>{t('Keep it')}</Button>
          <Button
            variant="danger"
            busy={remove.isPending}
            onClick={() =>
              removed && remove.mutate(below(folder, removed.name), { onSuccess: close })
            }
          >
            {t('Remove')}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
