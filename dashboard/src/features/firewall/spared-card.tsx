import type { FirewallStatus } from '@vastrox/shared/firewall.ts'
import { Cidr } from '@vastrox/shared/firewall-rule.ts'
import { X } from 'lucide-react'
import { useState } from 'react'
import type { Propose } from '#features/firewall/propose.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'

interface Props {
  status: FirewallStatus
  onPropose: Propose
}

/** The allow-list: it opens nothing, but it wins over every ban. */
export function SparedCard({ status, onPropose }: Props) {
  const mayChange = useMay('firewall.change')
  const [address, setAddress] = useState('')
  const [problem, setProblem] = useState<string>()
  const { allowList } = status
  const propose = (title: string, next: string[]) => onPropose({ title, wish: { allowList: next } })

  return (
    <Card
      title={t('Allow-list')}
      lead={t(
        'Never banned and not held to the limit of connections: your office, your monitoring. It opens no port.',
      )}
    >
      <ul className="flex flex-wrap gap-2">
        {allowList.length === 0 && <li className="text-muted">{t('Empty.')}</li>}
        {allowList.map((entry) => (
          <li
            key={entry}
            className="flex items-center gap-1 rounded-md border border-line py-0.5 pr-0.5 pl-2.5 font-mono text-sm"
          >
            <span className="break-all">{entry}</span>
            {mayChange && (
              <Button
                size="sm"
                variant="quiet"
                square
                aria-label={t('Remove {entry} from the allow-list', { entry })}
                disabled={status.pending !== null}
                icon={<X size={14} aria-hidden />}
                onClick={() =>
                  propose(
                    t('{entry} is off the allow-list', { entry }),
                    allowList.filter((one) => one !== entry),
                  )
                }
              />
            )}
          </li>
        ))}
      </ul>
      {mayChange && (
        <form
          className="mt-4 flex flex-wrap items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            const wish = address.trim()
            const { error } = Cidr.safeParse(wish)
            setProblem(error?.issues[0]?.message)
            if (error) return
            propose(t('{wish} is on the allow-list', { wish }), [...new Set([...allowList, wish])])
            setAddress('')
          }}
        >
          <Field
            label={t('Address or network for the allow-list')}
            hideLabel
            mono
            autoComplete="off"
            placeholder="203.0.113.0/24"
            className="w-60"
            value={address}
            error={problem}
            onChange={({ target }) => setAddress(target.value)}
          />
          <Button type="submit" disabled={status.pending !== null}>
            {t('Add')}
          </Button>
        </form>
      )}
    </Card>
  )
}
