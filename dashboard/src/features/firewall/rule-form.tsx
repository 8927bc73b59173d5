import { NewFirewallRule } from '@vastrox/shared/firewall.ts'
import { FirewallRule } from '@vastrox/shared/firewall-rule.ts'
import { useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  onAdd: (title: string, rules: NewFirewallRule[]) => void
  onClose: () => void
}

const HOUR_MS = 3_600_000
const ENDS = [
  ['', 'never'],
  ['2', t('in 2 hours')],
  ['24', t('in a day')],
  ['168', t('in a week')],
] as const
type Action = FirewallRule['action']
type Protocol = FirewallRule['protocol']

const isAction = (text: string): text is Action => FirewallRule.shape.action.safeParse(text).success
const isProtocol = (text: string): text is Protocol =>
  FirewallRule.shape.protocol.safeParse(text).success

export function RuleForm({ onAdd, onClose }: Props) {
  const [action, setAction] = useState<Action>('allow')
  const [protocol, setProtocol] = useState<Protocol>('tcp')
  const [ports, setPorts] = useState('')
  const [sources, setSources] = useState('')
  const [rate, setRate] = useState('30')
  const [hours, setHours] = useState('')
  const [comment, setComment] = useState('')
  const [asked, setAsked] = useState(false)

  const wish = {
    action,
    protocol,
    ports: protocol === 'icmp' ? [] : wordsOf(ports),
    sources: wordsOf(sources),
    comment: comment.trim(),
    expiresAt: null,
    ratePerMinute: action === 'limit' ? Number(rate) : null,
  }
  const checked = NewFirewallRule.safeParse(wish)
  const problemOf = (field: string): string | undefined =>
    asked ? checked.error?.issues.find(({ path }) => path[0] === field)?.message : undefined

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (!checked.success) return
        onAdd(`${action} ${wish.ports.join(', ') || 'everything'}`, [
          { ...wish, expiresAt: endAfter(hours) },
        ])
      }}
    >
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Select
          label={t('What to do')}
          value={action}
          onChange={({ target }) => isAction(target.value) && setAction(target.value)}
        >
          <option value="allow">{t('Allow')}</option>
          <option value="deny">{t('Deny')}</option>
          <option value="limit">{t('Limit')}</option>
          <option value="log">{t('Log and go on')}</option>
        </Select>
        <Select
          label={t('Protocol')}
          value={protocol}
          onChange={({ target }) => isProtocol(target.value) && setProtocol(target.value)}
        >
          <option value="tcp">{t('TCP')}</option>
          <option value="udp">{t('UDP')}</option>
          <option value="any">{t('Any')}</option>
          <option value="icmp">{t('ICMP')}</option>
        </Select>
      </div>
      {protocol !== 'icmp' && (
        <Field
          label={t('Ports')}
          hint={t('One or several, with ranges: 5432, 8000-8100. Empty: every port.')}
          mono
          autoComplete="off"
          value={ports}
          error={problemOf('ports')}
          onChange={({ target }) => setPorts(target.value)}
        />
      )}
      <Field
        label={t('From')}
        hint={t('Addresses, networks or @sets. Empty: from anywhere.')}
        mono
        autoComplete="off"
        value={sources}
        error={problemOf('sources')}
        onChange={({ target }) => setSources(target.value)}
      />
      {action === 'limit' && (
        <Field
          label={t('New connections a minute')}
          hint={t('For each source.')}
          inputMode="numeric"
          value={rate}
          error={problemOf('ratePerMinute')}
          onChange={({ target }) => setRate(target.value)}
        />
      )}
      <Select label={t('Ends')} value={hours} onChange={({ target }) => setHours(target.value)}>
        {ENDS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <Field
        label={t('Comment')}
        maxLength={200}
        value={comment}
        error={problemOf('comment')}
        onChange={({ target }) => setComment(target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary">
          {t('Add to the rules')}
        </Button>
      </DialogActions>
    </form>
  )
}

const endAfter = (hours: string): string | null =>
  hours === '' ? null : new Date(Date.now() + Number(hours) * HOUR_MS).toISOString()

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')
