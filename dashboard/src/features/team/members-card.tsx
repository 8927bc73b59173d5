import { useSuspenseQuery } from '@tanstack/react-query'
import type { User } from '@vastrox/shared/user.ts'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { MemberDialog } from '#features/team/member-dialog.tsx'
import { SignInsDialog } from '#features/team/sign-ins-dialog.tsx'
import { useChangeUser, usersQuery, useRemoveUser } from '#features/team/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Menu } from '#ui/menu.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

type Asked = { what: 'change' | 'sign-ins' | 'disable' | 'remove'; user: User }

/** Everybody of the team: what they are, and what can be done about it. */
export function MembersCard() {
  const { data: users } = useSuspenseQuery(usersQuery)
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const userFor = (what: Asked['what']) => (asked?.what === what ? asked.user : undefined)

  return (
    <Card title={t('People')} lead={t('Who is in the team, and as what.')} flush>
      <ul>
        {users.map((user) => (
          <MemberRow key={user.id} user={user} onAsk={(what) => setAsked({ what, user })} />
        ))}
      </ul>
      <MemberDialog user={userFor('change')} onClose={close} />
      <SignInsDialog user={userFor('sign-ins')} onClose={close} />
      <DisableDialog user={userFor('disable')} onClose={close} />
      <RemoveDialog user={userFor('remove')} onClose={close} />
    </Card>
  )
}

function MemberRow({ user, onAsk }: { user: User; onAsk: (what: Asked['what']) => void }) {
  const me = useMe()
  const change = useChangeUser()
  const grants = Object.entries(user.grants)
  const isDisabled = user.disabledAt !== null

  return (
    <li className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="truncate font-medium">{user.name}</span>
          {user.name === me.name && <span className="text-sm text-muted">{t('you')}</span>}
          <Badge tone={user.role === 'owner' || user.role === 'admin' ? 'busy' : 'idle'}>
            {ROLE_NAME[user.role]}
          </Badge>
          {isDisabled && <Badge tone="bad">{t('disabled')}</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-muted">
          {grants.length > 0 && (
            <>{grants.map(([app, role]) => `${ROLE_NAME[role]} of ${app}`).join(', ')} · </>
          )}
          {rich(t('joined {createdAt}'), { createdAt: <Ago at={user.createdAt} /> })}
          {!user.hasPassword && ` · ${t('has no password yet')}`}
        </p>
      </div>
      <Menu
        trigger={
          <Button
            variant="quiet"
            square
            aria-label={t('What can be done about {name}', { name: user.name })}
            icon={<Ellipsis size={17} aria-hidden />}
          />
        }
        entries={[
          { label: t('Role and apps'), onSelect: () => onAsk('change') },
          { label: t('Where they are signed in'), onSelect: () => onAsk('sign-ins') },
          'line',
          isDisabled
            ? {
                label: t('Let in again'),
                onSelect: () =>
                  change.mutate({ name: user.name, disabled: false }, { onError: toast.error }),
              }
            : { label: t('Disable'), danger: true, onSelect: () => onAsk('disable') },
          { label: t('Take out of the team'), danger: true, onSelect: () => onAsk('remove') },
        ]}
      />
    </li>
  )
}

interface AskProps {
  user: User | undefined
  onClose: () => void
}

function DisableDialog({ user, onClose }: AskProps) {
  const change = useChangeUser()
  return (
    <Dialog
      open={user !== undefined}
      onClose={onClose}
      title={t('Disable {name}?', { name: user?.name })}
      lead={t(
        'They are out within a second: sign-ins, tokens, keys and upload passwords of theirs. What they made stays, and they can be let in again.',
      )}
    >
      {change.error && <ErrorNotice error={change.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Leave them in')}</Button>
        <Button
          variant="danger"
          busy={change.isPending}
          onClick={() =>
            user && change.mutate({ name: user.name, disabled: true }, { onSuccess: onClose })
          }
        >
          {t('Disable')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function RemoveDialog({ user, onClose }: AskProps) {
  const remove = useRemoveUser()
  return (
    <Dialog
      open={user !== undefined}
      onClose={onClose}
      title={t('Take {name} out of the team?', { name: user?.name })}
      lead={t(
        'Their tokens and keys of this team go; what they made stays with the team. Who is in no other team is no user any more.',
      )}
    >
      {remove.error && <ErrorNotice error={remove.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Keep them')}</Button>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() => user && remove.mutate(user.name, { onSuccess: onClose })}
        >
          {t('Take out')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
