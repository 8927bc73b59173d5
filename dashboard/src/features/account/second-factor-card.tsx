import { useSuspenseQuery } from '@tanstack/react-query'
import type { SignInWays } from '@vastrox/shared/sign-in.ts'
import { useState } from 'react'
import { AppDialog } from '#features/account/app-dialog.tsx'
import { RecoveryCodesDialog } from '#features/account/recovery-codes-dialog.tsx'
import {
  signInWaysQuery,
  useChangeRules,
  useRemoveApp,
  useRenewRecoveryCodes,
} from '#features/account/sign-in-ways-queries.ts'
import { useMay } from '#features/session/queries.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

/** What is asked for besides the password. */
export function SecondFactorCard() {
  const { data: ways } = useSuspenseQuery(signInWaysQuery)
  const [settingUp, setSettingUp] = useState(false)
  const [removing, setRemoving] = useState(false)
  const [codes, setCodes] = useState<readonly string[]>()
  const renew = useRenewRecoveryCodes()
  const mayRule = useMay('user.manage')

  return (
    <Card
      title="Second factor"
      lead="What is asked for besides your password, so that a stolen one is not enough."
      footer={mayRule ? <TeamRule ways={ways} /> : undefined}
    >
      <div className="space-y-5">
        <Row
          title="Authenticator app"
          text="Six digits from your phone, a new code every half minute."
          badge={ways.hasApp ? <Badge tone="good">On</Badge> : null}
        >
          <Button size="sm" onClick={() => setSettingUp(true)}>
            {ways.hasApp ? 'Another phone' : 'Set it up'}
          </Button>
          {ways.hasApp && (
            <Button size="sm" onClick={() => setRemoving(true)}>
              Remove
            </Button>
          )}
        </Row>
        {(ways.hasApp || ways.recoveryCodesLeft > 0) && (
          <Row
            title="Recovery codes"
            text={`${ways.recoveryCodesLeft} of them are left, for the day on which the phone is gone.`}
            badge={ways.recoveryCodesLeft < 3 ? <Badge tone="warn">Few left</Badge> : null}
          >
            <Button
              size="sm"
              busy={renew.isPending}
              onClick={() =>
                renew.mutate(undefined, {
                  onSuccess: (made) => setCodes(made.codes),
                  onError: toast.error,
                })
              }
            >
              New codes
            </Button>
          </Row>
        )}
      </div>
      <AppDialog
        open={settingUp}
        onClose={() => setSettingUp(false)}
        onDone={(made) => {
          setSettingUp(false)
          if (made.length > 0) setCodes(made)
          toast.good('From now on a code is asked for. Other sign-ins have ended.')
        }}
      />
      <RemoveDialog open={removing} onClose={() => setRemoving(false)} />
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes(undefined)} />
    </Card>
  )
}

interface RowProps {
  title: string
  text: string
  badge: React.ReactNode
  children: React.ReactNode
}

function Row({ title, text, badge, children }: RowProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-52 flex-1">
        <p className="flex items-center gap-2.5 font-medium">
          {title}
          {badge}
        </p>
        <p className="text-sm text-muted">{text}</p>
      </div>
      <div className="flex gap-2">{children}</div>
    </div>
  )
}

function TeamRule({ ways }: { ways: SignInWays }) {
  const change = useChangeRules()
  const { secondFactorRequired } = ways.rules
  return (
    <>
      <span>
        {secondFactorRequired
          ? 'Everybody of the team needs one.'
          : 'Nobody of the team is made to have one.'}
      </span>
      <Button
        size="sm"
        busy={change.isPending}
        onClick={() =>
          change.mutate({ secondFactorRequired: !secondFactorRequired }, { onError: toast.error })
        }
      >
        {secondFactorRequired ? 'Let everybody choose' : 'Ask everybody for one'}
      </Button>
    </>
  )
}

function RemoveDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const remove = useRemoveApp()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Remove the authenticator app?"
      lead="No code is asked for any more. Other sign-ins of yours end."
    >
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() => remove.mutate(undefined, { onSuccess: onClose, onError: toast.error })}
        >
          Remove
        </Button>
      </DialogActions>
    </Dialog>
  )
}
