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
import { t } from '#lib/words.ts'
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
      title={t('Second factor')}
      lead={t('What is asked for besides your password, so that a stolen one is not enough.')}
      footer={mayRule ? <TeamRule ways={ways} /> : undefined}
    >
      <div className="space-y-5">
        <Row
          title={t('Authenticator app')}
          text={t('Six digits from your phone, a new code every half minute.')}
          badge={ways.hasApp ? <Badge tone="good">{t('On')}</Badge> : null}
        >
          <Button size="sm" onClick={() => setSettingUp(true)}>
            {ways.hasApp ? t('Another phone') : t('Set it up')}
          </Button>
          {ways.hasApp && (
            <Button size="sm" onClick={() => setRemoving(true)}>
              {t('Remove')}
            </Button>
          )}
        </Row>
        {(ways.hasApp || ways.recoveryCodesLeft > 0) && (
          <Row
            title={t('Recovery codes')}
            text={t(
              '{recoveryCodesLeft} of them are left, for the day on which the phone is gone.',
              { recoveryCodesLeft: ways.recoveryCodesLeft },
            )}
            badge={ways.recoveryCodesLeft < 3 ? <Badge tone="warn">{t('Few left')}</Badge> : null}
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
              {t('New codes')}
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
          toast.good(t('From now on a code is asked for. Other sign-ins have ended.'))
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
          ? t('Everybody of the team needs one.')
          : t('Nobody of the team is made to have one.')}
      </span>
      <Button
        size="sm"
        busy={change.isPending}
        onClick={() =>
          change.mutate({ secondFactorRequired: !secondFactorRequired }, { onError: toast.error })
        }
      >
        {secondFactorRequired ? t('Let everybody choose') : t('Ask everybody for one')}
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
      title={t('Remove the authenticator app?')}
      lead={t('No code is asked for any more. Other sign-ins of yours end.')}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it')}</Button>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() => remove.mutate(undefined, { onSuccess: onClose, onError: toast.error })}
        >
          {t('Remove')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
