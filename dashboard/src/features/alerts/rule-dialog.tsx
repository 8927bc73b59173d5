import { useQuery } from '@tanstack/react-query'
import { type AlertRule, AlertCondition, Severity } from '@vastrox/shared/alert.ts'
import { type FormEvent, useState } from 'react'
import {
  AGGREGATE_WORD,
  metricsFor,
  OF_WORD,
  SEVERITY,
  typedUnit,
  unitOf,
} from '#features/alerts/alert-words.ts'
import { useAddRule, useChangeRule } from '#features/alerts/queries.ts'
import {
  changeOf,
  conditionOf,
  draftOf,
  NEW_RULE,
  newRuleOf,
  type RuleDraft,
  withSubject,
} from '#features/alerts/rule-draft.ts'
import { RulePreview } from '#features/alerts/rule-preview.tsx'
import { appsQuery } from '#features/apps/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  rule: AlertRule | 'new' | undefined
  onClose: () => void
}

/** A rule is written over what was measured, so that one sees at once what it would have done. */
export function RuleDialog({ rule, onClose }: Props) {
  const isNew = rule === 'new'
  return (
    <Dialog
      open={rule !== undefined}
      onClose={onClose}
      title={isNew ? t('New rule') : t('Change {name}', { name: rule?.name ?? '' })}
      lead={rule !== undefined && !isNew && rule.isBuiltIn ? rule.words : undefined}
      wide
    >
      {rule !== undefined && <RuleForm rule={isNew ? undefined : rule} onClose={onClose} />}
    </Dialog>
  )
}

function RuleForm({ rule, onClose }: { rule: AlertRule | undefined; onClose: () => void }) {
  const { data: apps = [] } = useQuery(appsQuery)
  const add = useAddRule()
  const change = useChangeRule()
  const [draft, setDraft] = useState<RuleDraft>(rule ? draftOf(rule) : NEW_RULE)
  const [asked, setAsked] = useState(false)
  const isFixed = rule?.isBuiltIn === true
  const hasCondition = rule === undefined || rule.condition !== null
  const condition = conditionOf(draft)
  const unit = typedUnit(unitOf(draft))
  const error = add.error ?? change.error
  const put = (part: Partial<RuleDraft>): void => setDraft({ ...draft, ...part })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    const onSuccess = (): void => {
      toast.good(t('It is watched.'))
      onClose()
    }
    if (rule) {
      const wish = changeOf(rule, draft)
      if (wish) change.mutate({ id: rule.id, ...wish }, { onSuccess })
      return
    }
    const wish = newRuleOf(draft)
    if (wish) add.mutate(wish, { onSuccess })
  }

  return (
    <form className="space-y-4" onSubmit={submit}>
      {error && <ErrorNotice error={error} />}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        {!isFixed && (
          <Field
            label={t('Name')}
            placeholder={t('Memory of the shop')}
            maxLength={80}
            value={draft.name}
            error={asked && draft.name.trim() === '' ? t('Give it a name.') : undefined}
            onChange={({ target }) => put({ name: target.value })}
          />
        )}
        <Select
          label={t('Severity')}
          value={draft.severity}
          hint={SEVERITY[draft.severity].words}
          onChange={({ target }) =>
            put({ severity: Severity.safeParse(target.value).data ?? 'warning' })
          }
        >
          {Severity.options.map((each) => (
            <option key={each} value={each}>
              {SEVERITY[each].label}
            </option>
          ))}
        </Select>
        {hasCondition && !isFixed && (
          <>
            <Select
              label={t('Of')}
              value={draft.of}
              onChange={({ target }) =>
                setDraft(
                  withSubject(
                    draft,
                    AlertCondition.shape.of.safeParse(target.value).data ?? draft.of,
                  ),
                )
              }
            >
              {AlertCondition.shape.of.options.map((each) => (
                <option key={each} value={each}>
                  {OF_WORD[each]}
                </option>
              ))}
            </Select>
            <Select
              label={t('What')}
              value={draft.metric}
              onChange={({ target }) => put({ metric: target.value })}
            >
              {metricsFor(draft.of).map(([metric, words]) => (
                <option key={metric} value={metric}>
                  {words}
                </option>
              ))}
            </Select>
            <Select
              label={t('Where there are several')}
              value={draft.aggregate}
              onChange={({ target }) =>
                put({
                  aggregate: AlertCondition.shape.aggregate.safeParse(target.value).data ?? 'each',
                })
              }
            >
              {Object.entries(AGGREGATE_WORD).map(([each, words]) => (
                <option key={each} value={each}>
                  {words}
                </option>
              ))}
            </Select>
            {rule === undefined && (
              <Select
                label={t('App')}
                value={draft.app}
                onChange={({ target }) => put({ app: target.value })}
              >
                <option value="">{t('All of the team')}</option>
                {apps.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </Select>
            )}
            <Select
              label={t('Wrong where it is')}
              value={draft.is}
              onChange={({ target }) => put({ is: target.value === 'below' ? 'below' : 'above' })}
            >
              <option value="above">{t('above the limit')}</option>
              <option value="below">{t('below the limit')}</option>
            </Select>
          </>
        )}
        {hasCondition && (
          <>
            <NumberField
              label={t('Limit')}
              unit={unit.label}
              value={draft.limit}
              isWrong={asked && !condition}
              onChange={(limit) => put({ limit })}
            />
            <NumberField
              label={t('Without a break for')}
              unit={t('min')}
              value={draft.forMinutes}
              isWrong={asked && !condition}
              onChange={(forMinutes) => put({ forMinutes })}
            />
            <NumberField
              label={t('Well again beyond')}
              unit={unit.label}
              value={draft.clearLimit}
              hint={t('Empty: the limit itself. Another one keeps it from coming and going.')}
              onChange={(clearLimit) => put({ clearLimit })}
            />
            {draft.of === 'edge' && !isFixed && (
              <NumberField
                label={t('Only with at least')}
                unit="req/s"
                value={draft.minRequests}
                hint={t('Few requests say little. May be left empty.')}
                onChange={(minRequests) => put({ minRequests })}
              />
            )}
          </>
        )}
      </div>
      {hasCondition && <RulePreview condition={condition} app={draft.app} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending || change.isPending}>
          {rule ? t('Save') : t('Watch it')}
        </Button>
      </DialogActions>
    </form>
  )
}

interface NumberProps {
  label: string
  unit: string | undefined
  value: string
  hint?: string
  isWrong?: boolean
  onChange: (value: string) => void
}

function NumberField({ label, unit, value, hint, isWrong = false, onChange }: NumberProps) {
  const isNumber = value.trim() === '' || Number.isFinite(Number(value.replace(',', '.')))
  return (
    <Field
      label={label}
      inputMode="decimal"
      autoComplete="off"
      {...(unit !== undefined && { unit })}
      value={value}
      hint={hint}
      error={isNumber && !(isWrong && value.trim() === '') ? undefined : t('Give a number.')}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}
