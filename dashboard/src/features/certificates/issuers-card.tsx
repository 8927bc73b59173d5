import { useSuspenseQuery } from '@tanstack/react-query'
import type { Issuer } from '@vastrox/shared/certificate.ts'
import {
  ArrowDown,
  ArrowUp,
  EllipsisVertical,
  FlaskConical,
  Plus,
  Power,
  Trash2,
} from 'lucide-react'
import { useState } from 'react'
import { AddIssuerDialog } from '#features/certificates/add-issuer-dialog.tsx'
import { issuerLabel, sayUntil } from '#features/certificates/certificate-words.ts'
import {
  issuersQuery,
  useChangeIssuer,
  useOrderIssuers,
  useRemoveIssuer,
  useTestIssuer,
} from '#features/certificates/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

/** The CAs that certificates are ordered from, in the order in which they are asked. */
export function IssuersCard() {
  const { data } = useSuspenseQuery(issuersQuery)
  const mayChange = useMay('node.change')
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Issuer>()
  // A stage belongs to its CA, and is asked when that is.
  const issuers = data.issuers.filter(({ stagesFor }) => stagesFor === null)

  return (
    <>
      <Card
        title={t('Certificate authorities')}
        lead={t('Asked in this order: the next one when one is away, or refuses.')}
        flush
        aside={
          mayChange && (
            <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
              {t('Add a CA')}
            </Button>
          )
        }
      >
        {issuers.length === 0 ? (
          <p className="px-4 py-6 text-muted sm:px-5">
            {t(
              'No CA is set up: only certificates of the local CA, and uploaded ones, are served.',
            )}
          </p>
        ) : (
          <ol>
            {issuers.map((issuer, at) => (
              <IssuerRow
                key={issuer.name}
                issuer={issuer}
                issuers={issuers}
                at={at}
                stage={data.issuers.find(({ stagesFor }) => stagesFor === issuer.name)}
                mayChange={mayChange}
                onRemove={() => setRemoving(issuer)}
              />
            ))}
          </ol>
        )}
      </Card>
      <AddIssuerDialog
        open={adding}
        known={data.known.filter(({ name }) => data.issuers.every((each) => each.name !== name))}
        onClose={() => setAdding(false)}
      />
      <RemoveDialog issuer={removing} onClose={() => setRemoving(undefined)} />
    </>
  )
}

interface RowProps {
  issuer: Issuer
  issuers: readonly Issuer[]
  at: number
  stage: Issuer | undefined
  mayChange: boolean
  onRemove: () => void
}

function IssuerRow({ issuer, issuers, at, stage, mayChange, onRemove }: RowProps) {
  const now = useNow()
  const { label, tone } = issuerLabel(issuer, now)
  const rests = issuer.restUntil !== null && Date.parse(issuer.restUntil) > now.getTime()
  return (
    <li className="flex items-center gap-x-3 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <span aria-hidden className="tabular w-5 shrink-0 text-faint">
        {at + 1}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{issuer.title}</span>
          <Badge tone={tone} dot>
            {label}
          </Badge>
          {issuer.hasBinding && <Badge tone="idle">{t('bound account')}</Badge>}
        </p>
        <p className="text-sm break-all text-muted">{issuer.directoryUrl}</p>
        <p className="flex flex-wrap gap-x-3 text-sm text-muted empty:hidden">
          {rests && issuer.restUntil !== null && (
            <span>
              {t('asked again {restUntil}', { restUntil: sayUntil(issuer.restUntil, now) })}
            </span>
          )}
          {issuer.email !== null && <span>{issuer.email}</span>}
          {issuer.profile !== null && (
            <span>{t('profile {profile}', { profile: issuer.profile })}</span>
          )}
          {stage?.isEnabled && <span>{t('tries out at {title}', { title: stage.title })}</span>}
        </p>
      </div>
      {mayChange && <IssuerMenu issuer={issuer} issuers={issuers} at={at} onRemove={onRemove} />}
    </li>
  )
}

function IssuerMenu({
  issuer,
  issuers,
  at,
  onRemove,
}: Pick<RowProps, 'issuer' | 'issuers' | 'at' | 'onRemove'>) {
  const change = useChangeIssuer()
  const order = useOrderIssuers()
  const test = useTestIssuer()
  const move = (by: -1 | 1): void =>
    order.mutate(moved(issuers, at, by), {
      onSuccess: () =>
        toast.good(
          by < 0
            ? t('{title} is asked earlier.', { title: issuer.title })
            : t('{title} is asked later.', { title: issuer.title }),
        ),
      onError: toast.error,
    })
  const entries: MenuEntry[] = [
    {
      label: t('Test it'),
      icon: <FlaskConical size={15} aria-hidden />,
      onSelect: () => {
        toast.good(t('Asking {title} …', { title: issuer.title }))
        test.mutate(issuer.name, {
          onSuccess: ({ title }) =>
            toast.good(t('{title} answers, and knows our account.', { title })),
          onError: toast.error,
        })
      },
    },
    {
      label: t('Ask it earlier'),
      icon: <ArrowUp size={15} aria-hidden />,
      disabled: at === 0,
      onSelect: () => move(-1),
    },
    {
      label: t('Ask it later'),
      icon: <ArrowDown size={15} aria-hidden />,
      disabled: at === issuers.length - 1,
      onSelect: () => move(1),
    },
    {
      label: issuer.isEnabled ? t('Switch off') : t('Switch on'),
      icon: <Power size={15} aria-hidden />,
      onSelect: () =>
        change.mutate(
          { name: issuer.name, isEnabled: !issuer.isEnabled },
          {
            onSuccess: ({ title, isEnabled }) =>
              toast.good(
                isEnabled
                  ? t('{title} is asked from now on.', { title })
                  : t('{title} is not asked from now on.', { title }),
              ),
            onError: toast.error,
          },
        ),
    },
    'line',
    {
      label: t('Remove …'),
      icon: <Trash2 size={15} aria-hidden />,
      danger: true,
      onSelect: onRemove,
    },
  ]
  return (
    <Menu
      trigger={
        <Button
          size="sm"
          variant="quiet"
          square
          aria-label={t('More for {title}', { title: issuer.title })}
          icon={<EllipsisVertical size={16} aria-hidden />}
        />
      }
      entries={entries}
    />
  )
}

function RemoveDialog({ issuer, onClose }: { issuer: Issuer | undefined; onClose: () => void }) {
  const remove = useRemoveIssuer()
  const name = issuer?.name ?? ''
  return (
    <ConfirmDialog
      name={name}
      title={t('Order nothing more from {title}?', { title: issuer?.title ?? '' })}
      lead={t(
        'What it gave stays in use, and is renewed by the others. Our account there is forgotten.',
      )}
      act={t('Remove it')}
      open={issuer !== undefined}
      error={remove.error}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(name, {
          onSuccess: () => {
            toast.good(t('Nothing more is ordered from {title}.', { title: issuer?.title ?? name }))
            onClose()
          },
        })
      }
    />
  )
}

function moved<T>(items: readonly T[], at: number, by: number): T[] {
  const item = items[at]
  const others = items.filter((_, index) => index !== at)
  return item === undefined ? others : others.toSpliced(at + by, 0, item)
}
