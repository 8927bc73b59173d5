import { useNavigate } from '@tanstack/react-router'
import { Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { type ImportTarget, useImporting } from '#features/backups/use-importing.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'

const TAKES: Record<string, string> = {
  postgresql: t('A .sql file, plain or gzipped, or PostgreSQL’s custom format.'),
  mariadb: t('A .sql file, plain or gzipped.'),
  mysql: t('A .sql file, plain or gzipped.'),
  redis: t('An .rdb file.'),
  valkey: t('An .rdb file.'),
  volume: t('A .tar or .tar.gz file: what is in it becomes the content of the volume.'),
}

/** What somebody brings takes the place of what is in a database or a volume. */
export function ImportCard({ target, kind }: { target: ImportTarget; kind: string }) {
  const { name } = target
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File>()
  const [isOver, setIsOver] = useState(false)
  const { sending, error, send, stop } = useImporting(target)

  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    setFile(event.dataTransfer.files[0])
  }
  return (
    <Card
      title={kind === 'volume' ? t('Import files of your own') : t('Import a dump of your own')}
      lead={TAKES[kind] ?? t('A dump as the server’s own tool writes it.')}
      footer={
        sending ? (
          <>
            <output className="min-w-0 truncate">
              {sending.name} ({Math.round(sending.share * 100)} %)
            </output>
            <progress
              className="h-2 w-40 accent-accent"
              value={sending.share}
              aria-label={t('Upload of {name}', { name: sending.name })}
            />
            <Button size="sm" onClick={stop}>
              {t('Stop')}
            </Button>
          </>
        ) : (
          <span>
            {t(
              'It is unpacked beside what is there and looked at; only a good one takes its place. A bad one changes nothing.',
            )}
          </span>
        )
      }
    >
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        className={cx(
          'flex flex-wrap items-center justify-between gap-3 rounded-md border border-dashed p-4',
          isOver ? 'border-accent bg-accent-soft' : 'border-line-strong',
        )}
      >
        <p className="text-muted">{t('Drop a file here, or choose one.')}</p>
        <Button
          icon={<Upload size={15} aria-hidden />}
          busy={sending !== undefined}
          onClick={() => input.current?.click()}
        >
          {t('Choose a file')}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={t('Dump to import')}
          onChange={({ target }) => {
            setFile(target.files?.[0])
            target.value = ''
          }}
        />
      </div>
      <ConfirmDialog
        name={name}
        title={t('Import {name} into {name2}?', { name: file?.name ?? '', name2: name })}
        lead={t('{size}. What is in {name} now is replaced, and waits in the trash for 7 days.', {
          size: sayBytes(file?.size ?? 0),
          name,
        })}
        act={t('Import it')}
        open={file !== undefined}
        error={error}
        busy={sending !== undefined}
        onClose={() => setFile(undefined)}
        onConfirm={() =>
          file &&
          void send(file).then((restore) => {
            if (!restore) return
            setFile(undefined)
            void navigate({ to: '/backups/restores/$id', params: { id: restore.id } })
          })
        }
      />
    </Card>
  )
}
