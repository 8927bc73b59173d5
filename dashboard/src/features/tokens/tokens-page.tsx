import { useSuspenseQuery } from '@tanstack/react-query'
import type { ApiToken } from '@vastrox/shared/token.ts'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { NewTokenDialog } from '#features/tokens/new-token-dialog.tsx'
import { tokensQuery, useRevokeToken } from '#features/tokens/queries.ts'
import { useNow } from '#lib/use-now.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export function TokensPage() {
  const { data: tokens } = useSuspenseQuery(tokensQuery)
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiToken>()

  const newToken = (
    <Button
      variant="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => setCreating(true)}
    >
      New token
    </Button>
  )

  return (
    <Page
      title="Tokens"
      lead="For programs: git pushes with a deploy token, scripts and CI call the API."
      actions={newToken}
    >
      <Card flush>
        {tokens.length === 0 ? (
          <EmptyState icon={<KeyRound size={20} aria-hidden />} title="No tokens yet">
            A deploy token is the password of a Git remote and can only push. An API token can do
            what you allow it, on the apps you name, until the day you choose.
          </EmptyState>
        ) : (
          <ul>
            {tokens.map((token) => (
              <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
            ))}
          </ul>
        )}
      </Card>
      <NewTokenDialog open={creating} onClose={() => setCreating(false)} />
      <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} />
    </Page>
  )
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="truncate font-medium">{token.name}</span>
          <Badge tone={token.kind === 'deploy' ? 'busy' : 'idle'}>
            {token.kind === 'deploy' ? 'Deploy' : 'API'}
          </Badge>
          <code className="text-xs text-muted">{token.hint}</code>
        </p>
        <p className="text-sm text-muted">
          {token.apps === null ? 'every app' : token.apps.join(', ')}
          {token.kind === 'api' && ` · ${token.permissions.length} permissions`}
          {' · '}
          {token.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              used <Ago at={token.lastUsedAt} />
            </>
          )}
          {' · '}
          <Expiry at={token.expiresAt} />
        </p>
      </div>
      <Button size="sm" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  )
}

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })

function Expiry({ at }: { at: string | null }) {
  const now = useNow()
  if (at === null) return <>never expires</>
  const expires = new Date(at)
  if (expires < now) return <span className="text-bad">expired {date.format(expires)}</span>
  return <>expires {date.format(expires)}</>
}

function RevokeDialog({ token, onClose }: { token: ApiToken | undefined; onClose: () => void }) {
  const revoke = useRevokeToken()
  return (
    <Dialog
      open={token !== undefined}
      onClose={onClose}
      title={`Revoke ${token?.name}?`}
      lead="Whatever uses it is refused from this moment on. It cannot be brought back."
    >
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          variant="danger"
          busy={revoke.isPending}
          onClick={() =>
            token && revoke.mutate(token.id, { onSuccess: onClose, onError: toast.error })
          }
        >
          Revoke
        </Button>
      </DialogActions>
    </Dialog>
  )
}
