import { useQuery } from '@tanstack/react-query'
import { Severity } from '@vastrox/shared/alert.ts'
import type { Channel, ChannelKindInfo } from '@vastrox/shared/channel.ts'
import { type FormEvent, useMemo, useState } from 'react'
import { SEVERITY } from '#features/alerts/alert-words.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { useAddChannel, useChangeChannel } from '#features/channels/queries.ts'
import { fieldsWithHints, type JsonField, missingIn, settingsOf } from '#lib/json-form.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { JsonFields } from '#ui/json-fields.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  channel: Channel | 'new' | undefined
  kinds: readonly ChannelKindInfo[]
  onClose: () => void
}

/** The form is drawn of what the kind of channel says it needs. */
export function ChannelDialog({ channel, kinds, onClose }: Props) {
  const isNew = channel === 'new'
  return (
    <Dialog
      open={channel !== undefined}
      onClose={onClose}
      title={isNew ? t('New channel') : t('Change {name}', { name: channel?.name ?? '' })}
      lead={isNew ? t('Where people are told of alerts. Send a test afterwards.') : undefined}
    >
      {channel !== undefined && (
        <ChannelForm channel={isNew ? undefined : channel} kinds={kinds} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface FormProps {
  channel: Channel | undefined
  kinds: readonly ChannelKindInfo[]
  onClose: () => void
}

function ChannelForm({ channel, kinds, onClose }: FormProps) {
  const { data: apps = [] } = useQuery(appsQuery)
  const add = useAddChannel()
  const change = useChangeChannel()
  const [kindName, setKindName] = useState(channel?.kind)
  const kind = kinds.find((each) => each.kind === kindName) ?? kinds[0]
  const [name, setName] = useState(channel?.name ?? '')
  const [values, setValues] = useState<Record<string, string>>(() => shown(channel))
  const [minSeverity, setMinSeverity] = useState<Severity>(channel?.minSeverity ?? 'warning')
  const [withDeployments, setWithDeployments] = useState(channel?.withDeployments ?? false)
  const [only, setOnly] = useState<readonly string[] | null>(channel?.apps ?? null)
  const [asked, setAsked] = useState(false)
  const fields = useMemo(() => fieldsOfKind(kind, channel), [kind, channel])
  const missing = asked ? missingIn(fields, values) : undefined
  const error = add.error ?? change.error

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!kind || missingIn(fields, values)) return
    const rest = {
      ...(name.trim() !== '' && { name: name.trim() }),
      settings: settingsOf(fields, values),
      minSeverity,
      withDeployments,
      apps: only === null ? null : [...only],
    }
    if (channel) return change.mutate({ id: channel.id, ...rest }, { onSuccess: onClose })
    add.mutate(
      { kind: kind.kind, ...rest },
      {
        onSuccess: (added) => {
          toast.good(t('{name} is told from now on. Send it a test.', { name: added.name }))
          onClose()
        },
      },
    )
  }

  return (
    <form className="space-y-4" onSubmit={submit}>
      {error && <ErrorNotice error={error} />}
      {!channel && (
        <Select
          label={t('What it is')}
          value={kind?.kind ?? ''}
          onChange={({ target }) => {
            setKindName(target.value)
            setValues({})
            setAsked(false)
          }}
        >
          {kinds.map((each) => (
            <option key={each.kind} value={each.kind}>
              {each.title}
            </option>
          ))}
        </Select>
      )}
      <Field
        label={t('Name')}
        placeholder={t('On call')}
        maxLength={80}
        autoComplete="off"
        value={name}
        hint={channel ? undefined : t('May be left empty.')}
        onChange={({ target }) => setName(target.value)}
      />
      <JsonFields
        fields={fields}
        values={values}
        errors={missing ? { [missing.name]: t('This has to be filled in.') } : {}}
        onChange={setValues}
      />
      <Select
        label={t('Told of')}
        value={minSeverity}
        onChange={({ target }) =>
          setMinSeverity(Severity.safeParse(target.value).data ?? 'warning')
        }
      >
        <option value="critical">{t('Critical alerts alone')}</option>
        <option value="warning">{t('Warnings and critical ones')}</option>
        <option value="info">
          {t('Everything, {label} too', { label: SEVERITY.info.label.toLowerCase() })}
        </option>
      </Select>
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          className="mt-1 accent-accent"
          checked={withDeployments}
          onChange={({ target }) => setWithDeployments(target.checked)}
        />
        <span>{t('How deployments went, too')}</span>
      </label>
      <AppsChoice apps={apps.map((app) => app.name)} only={only} onChange={setOnly} />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending || change.isPending}>
          {channel ? t('Save') : t('Add the channel')}
        </Button>
      </DialogActions>
    </form>
  )
}

interface ChoiceProps {
  apps: readonly string[]
  only: readonly string[] | null
  onChange: (only: readonly string[] | null) => void
}

function AppsChoice({ apps, only, onChange }: ChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t('Of which apps')}</legend>
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          className="mt-1 accent-accent"
          checked={only === null}
          onChange={({ target }) => onChange(target.checked ? null : [])}
        />
        <span>{t('All of them, and what is of none')}</span>
      </label>
      {only !== null && (
        <div className="mt-2 grid max-h-40 grid-cols-2 gap-x-4 gap-y-1 overflow-y-auto pl-7">
          {apps.map((app) => (
            <label key={app} className="flex items-center gap-2">
              <input
                type="checkbox"
                className="accent-accent"
                checked={only.includes(app)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...only, app] : only.filter((each) => each !== app))
                }
              />
              <span className="truncate">{app}</span>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  )
}

const shown = (channel: Channel | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(channel?.settings ?? {}).map(([name, value]) => [name, String(value)]),
  )

/** A secret that is set may be left empty: it stays. */
function fieldsOfKind(
  kind: ChannelKindInfo | undefined,
  channel: Channel | undefined,
): readonly JsonField[] {
  if (!kind) return []
  return fieldsWithHints(kind.settings, kind.neverShown).map((field) =>
    channel?.secretsSet.includes(field.name)
      ? { ...field, isRequired: false, hint: t('It is set. Leave it empty to keep it.') }
      : field,
  )
}
