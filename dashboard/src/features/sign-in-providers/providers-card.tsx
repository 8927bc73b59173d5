import { useQuery } from '@tanstack/react-query'
import type { SignInProvider } from '@vastrox/shared/sign-in.ts'
import { LogIn, Plus } from 'lucide-react'
import { useState } from 'react'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { ProviderForm } from '#features/sign-in-providers/provider-form.tsx'
import {
  providersQuery,
  useRemoveProvider,
  useTestProvider,
} from '#features/sign-in-providers/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { toast } from '#ui/toast.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'

/** Which providers people may sign in by: for whoever looks after users. */
export function ProvidersCard() {
  const { data: list } = useQuery(providersQuery)
  const [adding, setAdding] = useState(false)
  const [changing, setChanging] = useState<SignInProvider>()
  const [removing, setRemoving] = useState<SignInProvider>()
  if (!list) return null
  const close = () => {
    setAdding(false)
    setChanging(undefined)
  }

  return (
    <Card
      title={t('Sign-in providers')}
      lead={t('Let people sign in with OpenID Connect, Google, GitLab or GitHub.')}
      flush
      aside={
        <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
          {t('Add a provider')}
        </Button>
      }
    >
      {list.providers.length === 0 ? (
        <EmptyState icon={<LogIn size={20} aria-hidden />} title={t('No providers yet')}>
          {t(
            'People link their account there under Account; nobody is let in by an address alone, unless you name a domain.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {list.providers.map((provider) => (
            <ProviderRow
              key={provider.name}
              provider={provider}
              onChange={() => setChanging(provider)}
              onRemove={() => setRemoving(provider)}
            />
          ))}
        </ul>
      )}
      <Dialog
        open={adding || changing !== undefined}
        onClose={close}
        title={
          changing ? t('Change {title}', { title: changing.title }) : t('Add a sign-in provider')
        }
        wide
      >
        <ProviderForm list={list} provider={changing} onClose={close} />
      </Dialog>
      <RemoveProviderDialog provider={removing} onClose={() => setRemoving(undefined)} />
    </Card>
  )
}

interface RowProps {
  provider: SignInProvider
  onChange: () => void
  onRemove: () => void
}

function ProviderRow({ provider, onChange, onRemove }: RowProps) {
  const test = useTestProvider()
  const { name, title, issuer, domains, role } = provider
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-52 flex-1">
        <p className="font-medium">
          {title} <span className="text-muted">({name})</span>
        </p>
        <p className="text-sm break-all text-muted">
          {issuer}
          {' · '}
          {domains.length === 0
            ? t('lets in who has linked their account')
            : t('lets in {domains} as {role}', {
                domains: domains.join(', '),
                role: ROLE_NAME[role],
              })}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          size="sm"
          aria-label={t('Test {name}', { name })}
          busy={test.isPending}
          onClick={() =>
            test.mutate(name, {
              onSuccess: () => toast.good(t('{title} answers as it should.', { title })),
              onError: toast.error,
            })
          }
        >
          {t('Test')}
        </Button>
        <Button size="sm" aria-label={t('Change {name}', { name })} onClick={onChange}>
          {t('Change')}
        </Button>
        <Button size="sm" aria-label={t('Remove {name}', { name })} onClick={onRemove}>
          {t('Remove')}
        </Button>
      </div>
    </li>
  )
}

function RemoveProviderDialog({
  provider,
  onClose,
}: {
  provider: SignInProvider | undefined
  onClose: () => void
}) {
  const remove = useRemoveProvider()
  return (
    <RemoveDialog
      name={provider?.title}
      lead={t(
        'Nobody signs in by it any more; who is signed in stays so. Linked accounts count again once it is back.',
      )}
      busy={remove.isPending}
      onClose={onClose}
      onRemove={() =>
        provider && remove.mutate(provider.name, { onSuccess: onClose, onError: toast.error })
      }
    />
  )
}
