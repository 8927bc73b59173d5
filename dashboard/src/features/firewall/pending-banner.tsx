import type { FirewallChange } from '@vastrox/shared/firewall.ts'
import { useConfirm, useRevert } from '#features/firewall/queries.ts'
import { secondsLeft } from '#features/firewall/rule-words.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  change: FirewallChange
  /** This page has reached the server over a connection that was made after the change. */
  isNew: boolean
}

/** Counts down to the return of the rules before; a page that reaches the server may stop it. */
export function PendingBanner({ change, isNew }: Props) {
  const now = useNow(true)
  const confirm = useConfirm({
    onSuccess: () => toast.good(t('The change is kept.')),
    onError: toast.error,
  })
  const revert = useRevert({
    onSuccess: () => toast.good(t('The rules before hold again.')),
    onError: toast.error,
  })
  const left = change.pendingUntil === null ? 0 : secondsLeft(change.pendingUntil, now)
  const isBusy = confirm.isPending || revert.isPending

  return (
    <Notice
      tone="warn"
      title={
        left > 0
          ? t('Goes back by itself in {left} s', { left })
          : t('The rules before are being put back')
      }
      actions={
        left > 0 && (
          <>
            <Button
              variant="primary"
              busy={confirm.isPending}
              disabled={isBusy}
              onClick={() => confirm.mutate()}
            >
              {t('Keep it')}
            </Button>
            <Button busy={revert.isPending} disabled={isBusy} onClick={() => revert.mutate()}>
              {t('Take it back now')}
            </Button>
          </>
        )
      }
    >
      <p className="break-words">{change.summary}</p>
      <p>
        {isNew
          ? t(
              'This page has just reached the server over a new connection, so you can still come in.',
            )
          : t(
              'Keeping it needs a new connection to the server. If the page cannot make one, you are locked out, and the rules before come back.',
            )}
      </p>
    </Notice>
  )
}
