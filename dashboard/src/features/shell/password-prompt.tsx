import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'

/** Until there is a password, only the server's command line can let its owner in again. */
export function PasswordPrompt() {
  const me = useMe()
  const [later, setLater] = useState(false)
  if (later || me.hasPassword || me.kind !== 'user') return null

  return (
    <div className="mx-auto max-w-6xl px-4 pt-6 sm:px-6 lg:px-8">
      <Notice
        tone="info"
        title="Set a password to come back without a sign-in link"
        actions={
          <>
            <ButtonLink to="/account" size="sm" variant="primary">
              Set a password
            </ButtonLink>
            <Button size="sm" variant="quiet" onClick={() => setLater(true)}>
              Later
            </Button>
          </>
        }
      >
        You sign in as <strong className="font-medium text-ink">{me.name}</strong>. A link opens the
        door once; a password whenever you want.
      </Notice>
    </div>
  )
}
