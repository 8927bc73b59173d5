import { useSuspenseQuery } from '@tanstack/react-query'
import { type CountedRule, type FirewallStatus, ListedRule } from '@vastrox/shared/firewall.ts'
import { ArrowDown, ArrowUp, Plus, ShieldCheck, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { NewRuleDialog } from '#features/firewall/new-rule-dialog.tsx'
import type { Propose } from '#features/firewall/propose.ts'
import { rulesQuery } from '#features/firewall/queries.ts'
import { ACTION, moved, sayPackets, sayPorts, saySources } from '#features/firewall/rule-words.ts'
import { useMay } from '#features/session/queries.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'

interface Props {
  status: FirewallStatus
  onPropose: Propose
}

/** The one list, in the order in which it is asked. */
export function RulesCard({ status, onPropose }: Props) {
  const { data: rules } = useSuspenseQuery(rulesQuery)
  const mayChange = useMay('firewall.change')
  const [adding, setAdding] = useState(false)
  const isLocked = status.pending !== null
  const add = mayChange && (
    <Button
      icon={<Plus size={15} aria-hidden />}
      disabled={isLocked}
      onClick={() => setAdding(true)}
    >
      {t('New rule')}
    </Button>
  )
  const propose = (title: string, next: readonly CountedRule[]) =>
    onPropose({ title, wish: { rules: next.map(withoutCounts) } })

  return (
    <>
      <Card
        title={t('Rules')}
        lead={t("Vastrox's own ports are open without a rule; a rule for one of them decides.")}
        flush
        aside={rules.length > 0 && add}
      >
        {rules.length === 0 ? (
          <EmptyState
            icon={<ShieldCheck size={20} aria-hidden />}
            title={t('No rules yet')}
            actions={add}
          >
            {t(
              'Web sites, the dashboard and SSH need none. Add one to open a port, for everybody or for one address for two hours, or to keep a network out.',
            )}
          </EmptyState>
        ) : (
          <ol>
            {rules.map((rule, index) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                number={index + 1}
                last={index === rules.length - 1}
                disabled={!mayChange || isLocked}
                onMove={(by) =>
                  propose(t('rule {index} moved', { index: index + 1 }), moved(rules, index, by))
                }
                onRemove={() =>
                  propose(
                    t('rule {index} removed', { index: index + 1 }),
                    rules.toSpliced(index, 1),
                  )
                }
              />
            ))}
          </ol>
        )}
      </Card>
      <NewRuleDialog
        open={adding}
        status={status}
        onClose={() => setAdding(false)}
        onAdd={(title, added) => {
          setAdding(false)
          onPropose({ title, wish: { rules: [...added, ...rules.map(withoutCounts)] } })
        }}
      />
    </>
  )
}

const withoutCounts = (rule: CountedRule): ListedRule => ListedRule.parse(rule)

interface RowProps {
  rule: CountedRule
  number: number
  last: boolean
  disabled: boolean
  onMove: (by: -1 | 1) => void
  onRemove: () => void
}

function RuleRow({ rule, number, last, disabled, onMove, onRemove }: RowProps) {
  const { label, tone } = ACTION[rule.action]
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="tabular w-5 text-sm text-muted">{number}</span>
          <Badge tone={tone}>{label}</Badge>
          <span className="font-medium break-words">{sayPorts(rule)}</span>
          <span className="min-w-0 break-all text-muted">{saySources(rule)}</span>
        </p>
        <p className="pl-7.5 text-sm break-words text-muted">
          {[
            rule.ratePerMinute === null
              ? ''
              : t('{ratePerMinute} new connections a minute', {
                  ratePerMinute: rule.ratePerMinute,
                }),
            rule.expiresAt === null
              ? ''
              : t('until {expiresAt}', { expiresAt: exactTime(rule.expiresAt) }),
            rule.comment,
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </p>
      </div>
      <p className="tabular text-sm text-muted">
        {rule.packets === null ? t('not counted') : sayPackets(rule.packets)}
      </p>
      <div className="flex gap-1">
        <Button
          size="sm"
          variant="quiet"
          square
          aria-label={t('Move rule {number} up', { number })}
          disabled={disabled || number === 1}
          icon={<ArrowUp size={15} aria-hidden />}
          onClick={() => onMove(-1)}
        />
        <Button
          size="sm"
          variant="quiet"
          square
          aria-label={t('Move rule {number} down', { number })}
          disabled={disabled || last}
          icon={<ArrowDown size={15} aria-hidden />}
          onClick={() => onMove(1)}
        />
        <Button
          size="sm"
          variant="quiet"
          square
          aria-label={t('Remove rule {number}', { number })}
          disabled={disabled}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={onRemove}
        />
      </div>
    </li>
  )
}
