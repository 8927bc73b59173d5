import { useSuspenseQuery } from '@tanstack/react-query'
import type { ApiToken } from '@vastrox/shared/token.ts'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { Expiry, LastUse } from '#features/tokens/facts.tsx'
import { NewTokenDialog } from '#features/tokens/new-token-dialog.tsx'
import { tokensQuery, useRevokeToken } from '#features/tokens/queries.ts'
import { RotateTokenDialog } from '#features/tokens/rotate-token-dialog.tsx'
import { endOf } from '#features/tokens/token-draft.ts'
import { language } from '#lib/language.ts'
import type { Load } from '#lib/load.ts'
import { useNow } from '#lib/use-now.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => read(tokensQuery)

export function TokensPage() {
  const { data: tokens } = useSuspenseQuery(tokensQuery)
  const [creating, setCreating] = useState(false)
  const [rotating, setRotating] = useState<ApiToken>()
  const [revoking, setRevoking] = useState<ApiToken>()
  const now = useNow()
  const ending = tokens.filter(({ expiresAt }) => endOf(expiresAt, now) === 'soon')

  const newToken = (
    <Button
      variant="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => setCreating(true)}
    >
      {t('New token')}
    </Button>
  )

  return (
    <Page
      title={t('Tokens')}
      lead={t('For programs: git pushes with a token, scripts and CI call the API.')}
      actions={newToken}
    >
      {ending.length > 0 && (
        <div className="mb-6">
          <Notice
            tone="warn"
            title={t('{ending} will expire within two weeks', { ending: sayNames(ending) })}
          >
            {t(
              'Rotate what is still in use: it gets a new secret, and the one of now is good for a while.',
            )}
          </Notice>
        </div>
      )}
      <Card flush>
        {tokens.length === 0 ? (
          <EmptyState icon={<KeyRound size={20} aria-hidden />} title={t('No tokens yet')}>
            {t(
              'A deploy token pushes one app and can do nothing else. An API token can do what you allow it, on the apps you name, from the networks you name, until the day you choose.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {tokens.map((token) => (
              <TokenRow
                key={token.id}
                token={token}
                onRotate={() => setRotating(token)}
                onRevoke={() => setRevoking(token)}
              />
            ))}
          </ul>
        )}
      </Card>
      <NewTokenDialog open={creating} onClose={() => setCreating(false)} />
      <RotateTokenDialog token={rotating} onClose={() => setRotating(undefined)} />
      <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} />
    </Page>
  )
}

interface RowProps {
  token: ApiToken
  onRotate: () => void
  onRevoke: () => void
}

function TokenRow({ token, onRotate, onRevoke }: RowProps) {
  const me = useMe()
  const now = useNow()
  const isMine = token.user === me.name
  const isOver = endOf(token.expiresAt, now) === 'over'
  return (
    <li className="grid gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center sm:px-5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="truncate font-medium">{token.name}</span>
          <Badge tone={token.kind === 'deploy' ? 'busy' : 'idle'}>
            {token.kind === 'deploy' ? t('Deploy') : 'API'}
          </Badge>
          <code className="text-xs text-muted">{token.hint}</code>
          {!isMine && (
            <span className="text-sm text-muted">{t('of {user}', { user: token.user })}</span>
          )}
        </p>
        <p className="text-sm text-muted">
          {token.apps === null ? t('every app') : token.apps.join(', ')}
          {token.networks !== null &&
            ` · ${t('from {networks}', { networks: token.networks.join(', ') })}`}
          {' · '}
          <LastUse at={token.lastUsedAt} address={token.lastUsedAddress} />
          {' · '}
          <Expiry at={token.expiresAt} />
          {token.previousUntil !== null && (
            <>
              {rich(t(' · rotated {rotatedAt}, the secret before is still good'), {
                rotatedAt: <Ago at={token.rotatedAt ?? token.previousUntil} />,
              })}
            </>
          )}
        </p>
        {token.kind === 'api' && (
          <details className="mt-0.5 text-sm text-faint">
            <summary className="w-fit hover:text-ink">
              {t('{permissions} permissions', { permissions: token.permissions.length })}
            </summary>
            <code className="text-xs break-words">{token.permissions.join(' ')}</code>
          </details>
        )}
      </div>
      <div className="flex gap-2 justify-self-end">
        {isMine && !isOver && (
          <Button
            size="sm"
            aria-label={t('Rotate {name}', { name: token.name })}
            onClick={onRotate}
          >
            {t('Rotate')}
          </Button>
        )}
        <Button size="sm" aria-label={t('Revoke {name}', { name: token.name })} onClick={onRevoke}>
          {t('Revoke')}
        </Button>
      </div>
    </li>
  )
}

const sayNames = (tokens: readonly ApiToken[]): string =>
  new Intl.ListFormat(language).format(tokens.slice(0, 5).map(({ name }) => name))

function RevokeDialog({ token, onClose }: { token: ApiToken | undefined; onClose: () => void }) {
  const revoke = useRevokeToken()
  return (
    <Dialog
      open={token !== undefined}
      onClose={onClose}
      title={t('Revoke {name}?', { name: token?.name })}
      lead={t('Whatever uses it is refused from this moment on. It cannot be brought back.')}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it')}</Button>
        <Button
          variant="danger"
          busy={revoke.isPending}
          onClick={() =>
            token && revoke.mutate(token.id, { onSuccess: onClose, onError: toast.error })
          }
        >
          {t('Revoke')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
