import { useQuery } from '@tanstack/react-query'
import type { SshAccess, SshKey } from '@vastrox/shared/ssh-key.ts'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { AddSshKeyDialog } from '#features/account/add-ssh-key-dialog.tsx'
import { sshKeysQuery, sshQuery, useRemoveSshKey } from '#features/account/ssh-keys-queries.ts'
import { useMe } from '#features/session/queries.ts'
import { Expiry, LastUse } from '#features/tokens/facts.tsx'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { toast } from '#ui/toast.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'

/** The keys that sign in over SSH, and how one gets there. */
export function SshKeysCard() {
  const { data: keys = [] } = useQuery(sshKeysQuery)
  const { data: ssh } = useQuery(sshQuery)
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<SshKey>()

  return (
    <Card
      title={t('SSH keys')}
      lead={t('For git push, uploads and commands without a token.')}
      flush
      aside={
        <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
          {t('Add a key')}
        </Button>
      }
      footer={ssh && <SshPlace ssh={ssh} />}
    >
      {keys.length === 0 ? (
        <EmptyState icon={<KeyRound size={20} aria-hidden />} title={t('No keys yet')}>
          {t(
            'Add the public half of a key from your machine. Whoever has its private half can do over SSH all that you can do here.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {keys.map((key) => (
            <KeyRow key={key.id} sshKey={key} onRemove={() => setRemoving(key)} />
          ))}
        </ul>
      )}
      <AddSshKeyDialog open={adding} onClose={() => setAdding(false)} />
      <RemoveSshKeyDialog sshKey={removing} onClose={() => setRemoving(undefined)} />
    </Card>
  )
}

function KeyRow({ sshKey, onRemove }: { sshKey: SshKey; onRemove: () => void }) {
  const me = useMe()
  return (
    <li className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <KeyRound size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          {sshKey.name}
          {sshKey.user !== me.name && (
            <span className="text-muted"> {t('of {user}', { user: sshKey.user })}</span>
          )}
        </p>
        <p className="text-sm text-muted">
          <code className="break-all text-xs">{sshKey.fingerprint}</code>
          {' · '}
          <LastUse at={sshKey.lastUsedAt} address={sshKey.lastUsedAddress} />
          {' · '}
          <Expiry at={sshKey.expiresAt} />
        </p>
      </div>
      <Button size="sm" aria-label={t('Remove {name}', { name: sshKey.name })} onClick={onRemove}>
        {t('Remove')}
      </Button>
    </li>
  )
}

function SshPlace({ ssh }: { ssh: SshAccess }) {
  return (
    <div className="min-w-0 space-y-1">
      <p>
        {rich(t('Commands: {code}'), {
          code: (
            <code className="wrap-anywhere">
              ssh -p {ssh.port} vastrox@{ssh.host} help
            </code>
          ),
        })}
      </p>
      <p>
        {t('The first connection asks whether you know the server. It is this one if it shows')}
      </p>
      <ul>
        {ssh.hostKeys.map(({ fingerprint, type }) => (
          <li key={fingerprint}>
            <code className="break-all text-xs">{fingerprint}</code> ({type})
          </li>
        ))}
      </ul>
    </div>
  )
}

function RemoveSshKeyDialog({
  sshKey,
  onClose,
}: {
  sshKey: SshKey | undefined
  onClose: () => void
}) {
  const remove = useRemoveSshKey()
  return (
    <RemoveDialog
      name={sshKey?.name}
      lead={t('It lets nobody in from this moment on, and whoever is connected with it is out.')}
      busy={remove.isPending}
      onClose={onClose}
      onRemove={() =>
        sshKey && remove.mutate(sshKey.id, { onSuccess: onClose, onError: toast.error })
      }
    />
  )
}
