import { useQuery } from '@tanstack/react-query'
import type { DeployKey } from '@vastrox/shared/ssh-key.ts'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { AddDeployKeyDialog } from '#features/deploy-keys/add-deploy-key-dialog.tsx'
import { deployKeysQuery, useRemoveDeployKey } from '#features/deploy-keys/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { Expiry, LastUse } from '#features/tokens/facts.tsx'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'

/** SSH keys that come to this app and to nothing else. */
export function DeployKeysCard({ app }: { app: string }) {
  const { data: keys = [] } = useQuery(deployKeysQuery(app))
  const mayChange = useMay('app.change')
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<DeployKey>()

  return (
    <Card
      title={t('Deploy keys')}
      lead={t('SSH keys for machines: they come to this app by Git and SFTP, and to nothing else.')}
      flush
      aside={
        mayChange && (
          <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
            {t('Add a key')}
          </Button>
        )
      }
    >
      {keys.length === 0 ? (
        <EmptyState icon={<KeyRound size={20} aria-hidden />} title={t('No deploy keys')}>
          {t(
            'A CI that pushes over SSH, or a machine that only clones, gets a key of its own here.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {keys.map((key) => (
            <li
              key={key.id}
              className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5"
            >
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2.5">
                  <span className="truncate font-medium">{key.name}</span>
                  <Badge tone={key.access === 'write' ? 'busy' : 'idle'}>
                    {key.access === 'write' ? t('Push and upload') : t('Read only')}
                  </Badge>
                </p>
                <p className="text-sm text-muted">
                  <code className="break-all text-xs">{key.fingerprint}</code>
                  {' · '}
                  <LastUse at={key.lastUsedAt} address={key.lastUsedAddress} />
                  {' · '}
                  <Expiry at={key.expiresAt} />
                </p>
              </div>
              {mayChange && (
                <Button
                  size="sm"
                  aria-label={t('Remove {name}', { name: key.name })}
                  onClick={() => setRemoving(key)}
                >
                  {t('Remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <AddDeployKeyDialog app={app} open={adding} onClose={() => setAdding(false)} />
      <RemoveDeployKeyDialog
        app={app}
        deployKey={removing}
        onClose={() => setRemoving(undefined)}
      />
    </Card>
  )
}

interface RemoveProps {
  app: string
  deployKey: DeployKey | undefined
  onClose: () => void
}

function RemoveDeployKeyDialog({ app, deployKey, onClose }: RemoveProps) {
  const remove = useRemoveDeployKey(app)
  return (
    <RemoveDialog
      name={deployKey?.name}
      lead={t('It lets nobody in from this moment on, and whoever is connected with it is out.')}
      busy={remove.isPending}
      onClose={onClose}
      onRemove={() =>
        deployKey && remove.mutate(deployKey.id, { onSuccess: onClose, onError: toast.error })
      }
    />
  )
}
