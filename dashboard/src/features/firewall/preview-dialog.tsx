import { useQuery } from '@tanstack/react-query'
import type { FirewallPreview, FirewallWish } from '@vastrox/shared/firewall.ts'
import { useState } from 'react'
import type { Proposal } from '#features/firewall/propose.ts'
import { previewQuery, useApply } from '#features/firewall/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  proposal: Proposal | undefined
  onClose: () => void
}

/** What a change opens and closes, in words, before it is made. */
export function PreviewDialog({ proposal, onClose }: Props) {
  return (
    <Dialog
      open={proposal !== undefined}
      onClose={onClose}
      title={t('Preview: {title}', { title: proposal?.title ?? '' })}
      lead={t('Nothing is changed yet.')}
      wide
    >
      {proposal && <Preview proposal={proposal} onClose={onClose} />}
    </Dialog>
  )
}

type Port = FirewallPreview['keepOpen'][number]
const nameOf = ({ port, protocol }: Pick<Port, 'port' | 'protocol'>): string =>
  `${port}/${protocol}`

function Preview({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  /** Ports of others that are to be closed although they answer now. */
  const [closed, setClosed] = useState<readonly string[]>([])
  /** All of those that could be kept open, as the first answer says. */
  const [candidates, setCandidates] = useState<readonly Port[]>()
  const wish: FirewallWish =
    candidates === undefined || proposal.wish.mode !== 'enforce'
      ? proposal.wish
      : { ...proposal.wish, keepOpen: candidates.filter((port) => !closed.includes(nameOf(port))) }
  const { data, error, refetch, isFetching } = useQuery({
    ...previewQuery(wish),
    placeholderData: (before) => before,
  })
  const apply = useApply()
  if (data && candidates === undefined && proposal.wish.mode === 'enforce')
    setCandidates(data.keepOpen)

  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <p className="text-muted">{t('Looking at what answers on this machine …')}</p>
  return (
    <div className="space-y-4">
      <ul className="list-disc space-y-1 pl-5" aria-label={t('Effect')}>
        {data.words.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {candidates !== undefined && candidates.length > 0 && (
        <KeepOpen
          candidates={candidates}
          preview={data}
          closed={closed}
          onToggle={(name) =>
            setClosed(
              closed.includes(name) ? closed.filter((one) => one !== name) : [...closed, name],
            )
          }
        />
      )}
      {data.warnings.map((line) => (
        <Notice key={line} tone="warn" title={line} />
      ))}
      {data.needsConfirmation && (
        <Notice tone="info" title={t('You cannot lock yourself out')}>
          {t(
            'The rules before come back after 60 seconds, unless you say over a new connection that all is well.',
          )}
        </Notice>
      )}
      {apply.error && <ErrorNotice error={apply.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button
          variant="primary"
          busy={apply.isPending}
          disabled={isFetching}
          onClick={() =>
            apply.mutate(wish, {
              onSuccess: ({ state }) => {
                if (state === 'confirmed')
                  toast.good(t('Done: {title}.', { title: proposal.title }))
                onClose()
              },
            })
          }
        >
          {t('Apply')}
        </Button>
      </DialogActions>
    </div>
  )
}

interface KeepOpenProps {
  candidates: readonly Port[]
  preview: FirewallPreview
  closed: readonly string[]
  onToggle: (name: string) => void
}

/** Listeners that are not ours: they stay open unless somebody unticks them. */
function KeepOpen({ candidates, preview, closed, onToggle }: KeepOpenProps) {
  return (
    <fieldset className="rounded-md border border-line p-3.5">
      <legend className="px-1 text-sm font-medium">{t('Not of Vastrox, stays open')}</legend>
      <ul className="space-y-1.5">
        {candidates.map((port) => {
          const name = nameOf(port)
          const what = preview.effects.find((effect) => nameOf(effect) === name)?.what
          return (
            <li key={name}>
              <label className="flex items-center gap-2.5">
                <input
                  type="checkbox"
                  checked={!closed.includes(name)}
                  onChange={() => onToggle(name)}
                />
                <span className="font-mono text-sm">{name}</span>{' '}
                {what !== undefined && what !== '' && <span className="text-muted">{what}</span>}
              </label>
            </li>
          )
        })}
      </ul>
    </fieldset>
  )
}
