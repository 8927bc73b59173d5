import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { Backup } from '@vastrox/shared/backup.ts'
import { ChevronRight, Download, FlaskConical, Pin, PinOff, Trash2, Undo2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { sayDrill, sayMode, standingOf } from '#features/backups/backup-words.ts'
import { DrillCard } from '#features/backups/drill-card.tsx'
import { FilesCard } from '#features/backups/files-card.tsx'
import {
  backupQuery,
  useCancelBackup,
  useDownload,
  useDrill,
  useKeepBackup,
  useRemoveBackup,
} from '#features/backups/queries.ts'
import { sayContent, sayName, sayType } from '#features/backups/subject-words.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { exactTime, spanBetween } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { Notice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

const route = getRouteApi('/shell/backups/$id')

export const load: Load = ({ read, params: { id } }) => read(backupQuery(id))

/** One backup: what it is, whether it was proven, what is in it, and the way back. */
export function BackupPage() {
  const { id } = route.useParams()
  const { data: backup } = useSuspenseQuery(backupQuery(id))
  const mayRestore = useMay('backup.restore')
  const { subject, state, reason, progress } = backup
  useTitle(t('Backup of {subject}', { subject: sayName(subject) }))

  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8">
      <Path backup={backup} />
      <Header backup={backup} />
      <div className="mt-5 space-y-5">
        {state === 'failed' && (
          <Notice tone="bad" title={t('This backup failed, and nothing of it is kept')}>
            {reason}
          </Notice>
        )}
        {backup.damage && (
          <Notice tone="bad" title={t('What lies at the destination is damaged')}>
            {backup.damage}
          </Notice>
        )}
        {backup.warnings && backup.warnings.length > 0 && (
          <Notice tone="warn" title={t('Files changed while they were read')}>
            <ul className="max-h-40 overflow-y-auto font-mono text-xs">
              {backup.warnings.map((warning) => (
                <li key={warning} className="break-all">
                  {warning}
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {state === 'running' && (
          <Card title={t('Under way')}>
            <progress
              className="h-2 w-full accent-accent"
              aria-label={t('Backup of {subject}', { subject: sayName(subject) })}
              {...(progress !== null && { value: progress })}
            />
            <p className="mt-2 text-sm text-muted">
              {progress === null
                ? t('How long it takes is not known.')
                : `${Math.round(progress * 100)} %`}
            </p>
          </Card>
        )}
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-5">
          <FactsCard backup={backup} />
          {state === 'done' && <DrillCard backup={backup} />}
        </div>
        {state === 'done' &&
          mayRestore &&
          (subject.type === 'volume' || subject.type === 'app') && <FilesCard backup={backup} />}
      </div>
    </div>
  )
}

function Path({ backup: { subject, startedAt } }: { backup: Backup }) {
  return (
    <nav
      aria-label={t('Path')}
      className="mb-3 flex flex-wrap items-center gap-1 text-sm text-muted"
    >
      <Link to="/backups" className="hover:text-ink">
        {t('Backups')}
      </Link>
      <ChevronRight size={14} aria-hidden className="text-faint" />
      {subject.type === 'addon' ? (
        <Link
          to="/addons/$addon/backups"
          params={{ addon: subject.name }}
          className="hover:text-ink"
        >
          {subject.name}
        </Link>
      ) : (
        <span>{sayName(subject)}</span>
      )}
      <ChevronRight size={14} aria-hidden className="text-faint" />
      <span aria-current="page">{exactTime(startedAt)}</span>
    </nav>
  )
}

function Header({ backup }: { backup: Backup }) {
  const mayRestore = useMay('backup.restore')
  const download = useDownload(backup.id)
  const now = useNow()
  const { label, tone } = standingOf(backup)
  const { id, subject, state, startedAt } = backup
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-2xl font-semibold tracking-tight break-all">{sayName(subject)}</h1>
          <Badge tone={tone} dot>
            {label}
          </Badge>
        </div>
        <p className="text-muted">
          {exactTime(startedAt)}
          {state === 'done' && ` · ${sayDrill(backup.drill, now)}`}
        </p>
      </div>
      {state === 'done' && mayRestore && (
        <div className="flex flex-wrap gap-2">
          {subject.type !== 'platform' && (
            <>
              <Button
                busy={download.isPending}
                icon={<Download size={15} aria-hidden />}
                onClick={() => download.mutate(undefined)}
              >
                {t('Download')}
              </Button>
              <ButtonLink
                variant="primary"
                to="/backups/$id/restore"
                params={{ id }}
                icon={<Undo2 size={15} aria-hidden />}
              >
                {t('Restore …')}
              </ButtonLink>
            </>
          )}
        </div>
      )}
    </header>
  )
}

function FactsCard({ backup }: { backup: Backup }) {
  const { subject, state, mode, startedAt, endedAt, sizeBytes, addedBytes } = backup
  return (
    <Card title={t('What it is')} className="lg:col-span-3" footer={<Acts backup={backup} />}>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-2">
        <Fact label={t('Of the {type}', { type: sayType(subject.type) })} wide>
          <p className="font-medium break-all">{sayName(subject)}</p>
          <p className="text-sm text-muted">{sayContent(subject.type)}</p>
        </Fact>
        <Fact label={t('Kept in')}>{backup.destination}</Fact>
        <Fact label={t('Made by')}>
          {backup.schedule === null ? t('somebody’s click') : t('its schedule')}
        </Fact>
        <Fact label={t('How still it was')}>{mode === null ? t('not said') : sayMode(mode)}</Fact>
        <Fact label={t('Took')}>
          {endedAt === null ? t('not ended') : spanBetween(startedAt, endedAt)}
        </Fact>
        <Fact label={t('Content')}>
          {sizeBytes === null ? t('not known') : sayBytes(sizeBytes)}
        </Fact>
        <Fact label={t('Added to the destination')}>
          {addedBytes === null
            ? t('not known')
            : t('{addedBytes}, deduplicated', { addedBytes: sayBytes(addedBytes) })}
        </Fact>
        {backup.verifiedAt && (
          <Fact label={t('Read again at the destination')}>
            {rich(t('{verifiedAt}, and as it was sent'), {
              verifiedAt: <Ago at={backup.verifiedAt} />,
            })}
          </Fact>
        )}
        {state === 'done' && (
          <Fact label={t('How long it stays')} wide>
            {backup.isKept
              ? t('Until somebody removes it.')
              : t('Until the retention of its schedule has no more place for it.')}
          </Fact>
        )}
      </dl>
    </Card>
  )
}

const Fact = ({
  label,
  wide = false,
  children,
}: {
  label: string
  wide?: boolean
  children: ReactNode
}) => (
  <div className={wide ? 'min-w-0 sm:col-span-2' : 'min-w-0'}>
    <dt className="mb-0.5 text-sm text-muted">{label}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </div>
)

/** While it waits or is made. */
function CancelButton({ backup: { id, state } }: { backup: Backup }) {
  const mayCreate = useMay('backup.create')
  const cancel = useCancelBackup()
  if (!mayCreate || state === 'removing') return <span>{t('It is under way.')}</span>
  return (
    <Button
      size="sm"
      busy={cancel.isPending}
      onClick={() =>
        cancel.mutate(id, {
          onSuccess: () => toast.good(t('It is cancelled. Nothing of it is kept.')),
          onError: toast.error,
        })
      }
    >
      {t('Cancel it')}
    </Button>
  )
}

/** Prove it again, keep it, remove it. */
function Acts({ backup }: { backup: Backup }) {
  const navigate = useNavigate()
  const mayCreate = useMay('backup.create')
  const mayManage = useMay('backup.manage')
  const drill = useDrill()
  const keep = useKeepBackup()
  const remove = useRemoveBackup()
  const [removing, setRemoving] = useState(false)
  const { id, subject, state, isKept } = backup
  if (state !== 'done' && state !== 'failed') return <CancelButton backup={backup} />

  return (
    <>
      <span className="flex flex-wrap gap-2">
        {state === 'done' && mayCreate && subject.type !== 'platform' && (
          <Button
            size="sm"
            busy={drill.isPending}
            icon={<FlaskConical size={14} aria-hidden />}
            onClick={() =>
              drill.mutate(id, {
                onSuccess: () => toast.good(t('It is being restored for proof.')),
                onError: toast.error,
              })
            }
          >
            {t('Prove it now')}
          </Button>
        )}
        {state === 'done' && mayManage && (
          <Button
            size="sm"
            busy={keep.isPending}
            icon={isKept ? <PinOff size={14} aria-hidden /> : <Pin size={14} aria-hidden />}
            onClick={() =>
              keep.mutate(
                { id, isKept: !isKept },
                {
                  onSuccess: () =>
                    toast.good(
                      isKept ? t('Retention may remove it.') : t('It stays until you remove it.'),
                    ),
                  onError: toast.error,
                },
              )
            }
          >
            {isKept ? t('Leave it to retention') : t('Keep it')}
          </Button>
        )}
      </span>
      {mayManage && (
        <Button
          size="sm"
          variant="quiet"
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => setRemoving(true)}
        >
          {t('Remove')}
        </Button>
      )}
      <ConfirmDialog
        name={subject.name}
        title={t('Remove this backup?')}
        lead={t(
          'It cannot be restored from afterwards. Others that share its data are not touched.',
        )}
        act={t('Remove the backup')}
        open={removing}
        error={remove.error}
        busy={remove.isPending}
        onClose={() => setRemoving(false)}
        onConfirm={() =>
          remove.mutate(backup, {
            onSuccess: () => {
              toast.good(t('The backup is being removed.'))
              void navigate({ to: '/backups' })
            },
          })
        }
      />
    </>
  )
}
