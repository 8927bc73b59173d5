import { useQuery } from '@tanstack/react-query'
import type { User } from '@vastrox/shared/user.ts'
import { useEndSessions, userSessionsQuery } from '#features/team/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  user: User | undefined
  onClose: () => void
}

/** Where somebody is signed in, and how to end that. */
export function SignInsDialog({ user, onClose }: Props) {
  return (
    <Dialog
      open={user !== undefined}
      onClose={onClose}
      title={t('Where {name} is signed in', { name: user?.name })}
    >
      {user && <SignIns name={user.name} onClose={onClose} />}
    </Dialog>
  )
}

function SignIns({ name, onClose }: { name: string; onClose: () => void }) {
  const { data: sessions, error } = useQuery(userSessionsQuery(name))
  const end = useEndSessions()
  const problem = error ?? end.error

  return (
    <>
      {problem && <ErrorNotice error={problem} />}
      {sessions?.length === 0 && <p className="text-muted">{t('Nowhere at the moment.')}</p>}
      <ul className="space-y-3">
        {sessions?.map((session) => (
          <li key={session.id}>
            <p className="truncate font-medium">{session.userAgent || t('An unnamed program')}</p>
            <p className="text-sm text-muted">
              {rich(t('from {address}, used {lastUsedAt}'), {
                address: session.address,
                lastUsedAt: <Ago at={session.lastUsedAt} />,
              })}
            </p>
          </li>
        ))}
      </ul>
      <DialogActions>
        <Button onClick={onClose}>{t('Close')}</Button>
        <Button
          variant="danger"
          disabled={!sessions || sessions.length === 0}
          busy={end.isPending}
          onClick={() => end.mutate(name, { onSuccess: onClose })}
        >
          {t('Sign out everywhere')}
        </Button>
      </DialogActions>
    </>
  )
}
