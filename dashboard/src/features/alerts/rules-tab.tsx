import { useSuspenseQuery } from '@tanstack/react-query'
import type { AlertRule } from '@vastrox/shared/alert.ts'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { SEVERITY } from '#features/alerts/alert-words.ts'
import { rulesQuery, useChangeRule, useRemoveRule } from '#features/alerts/queries.ts'
import { RuleDialog } from '#features/alerts/rule-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => read(rulesQuery)

/** What is watched: from the first day, and what the team has added. */
export function RulesTab() {
  const { data: rules } = useSuspenseQuery(rulesQuery)
  const mayManage = useMay('alert.manage')
  const [editing, setEditing] = useState<AlertRule | 'new'>()
  const [removing, setRemoving] = useState<AlertRule>()
  const remove = useRemoveRule()
  useTitle(t('Rules · Alerts'))
  const own = rules.filter(({ isBuiltIn }) => !isBuiltIn)
  const builtIn = rules.filter(({ isBuiltIn }) => isBuiltIn)
  const rowOf = (rule: AlertRule) => (
    <RuleRow
      key={rule.id}
      rule={rule}
      mayManage={mayManage}
      onEdit={() => setEditing(rule)}
      onRemove={() => setRemoving(rule)}
    />
  )
  return (
    <div className="space-y-5">
      <Card
        title={t('Your own')}
        lead={t('Conditions over anything that is measured.')}
        flush
        aside={
          mayManage && (
            <Button
              size="sm"
              icon={<Plus size={15} aria-hidden />}
              onClick={() => setEditing('new')}
            >
              {t('New rule')}
            </Button>
          )
        }
      >
        {own.length === 0 ? (
          <p className="px-4 py-5 text-muted sm:px-5">
            {t('None yet. A new rule is tried on the last day while you write it.')}
          </p>
        ) : (
          <ul>{own.map(rowOf)}</ul>
        )}
      </Card>
      <Card
        title={t('From the first day')}
        lead={t('Set so that they tell of what somebody has to do something about.')}
        flush
      >
        <ul>{builtIn.map(rowOf)}</ul>
      </Card>
      <RuleDialog rule={editing} onClose={() => setEditing(undefined)} />
      <RemoveDialog
        name={removing?.name}
        lead={t('Nothing is watched by it any more; what it has fired is over.')}
        busy={remove.isPending}
        onClose={() => setRemoving(undefined)}
        onRemove={() =>
          removing &&
          remove.mutate(removing.id, {
            onSuccess: () => {
              toast.good(t('It is gone.'))
              setRemoving(undefined)
            },
            onError: toast.error,
          })
        }
      />
    </div>
  )
}

interface RowProps {
  rule: AlertRule
  mayManage: boolean
  onEdit: () => void
  onRemove: () => void
}

function RuleRow({ rule, mayManage, onEdit, onRemove }: RowProps) {
  const change = useChangeRule()
  const reset = useRemoveRule()
  const { id, name, words, severity, isOn, isBuiltIn, app } = rule
  const { label, tone } = SEVERITY[severity]
  const entries: MenuEntry[] = [
    { label: t('Change …'), onSelect: onEdit },
    {
      label: isOn ? t('Switch off') : t('Switch on'),
      onSelect: () => change.mutate({ id, isOn: !isOn }, { onError: toast.error }),
    },
    isBuiltIn
      ? {
          label: t('As from the first day'),
          onSelect: () =>
            reset.mutate(id, {
              onSuccess: () => toast.good(t('{name} is as from the first day.', { name })),
              onError: toast.error,
            }),
        }
      : { label: t('Remove …'), danger: true, onSelect: onRemove },
  ]
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className={isOn ? 'min-w-0' : 'min-w-0 text-muted'}>
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-medium">{name}</span>
          <Badge tone={isOn ? tone : 'idle'}>{isOn ? label : t('Off')}</Badge>
          {app !== null && <span className="text-sm text-muted">{t('only {app}', { app })}</span>}
        </p>
        <p className="text-sm break-words text-muted">{words}</p>
      </div>
      {mayManage && (
        <Menu
          trigger={
            <Button size="sm" aria-label={t('More for {name}', { name })} busy={change.isPending}>
              {t('More')}
            </Button>
          }
          entries={entries}
        />
      )}
    </li>
  )
}
