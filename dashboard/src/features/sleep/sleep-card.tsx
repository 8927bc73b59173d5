import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import type { App, ChangeAppSettings } from '@vastrox/shared/app.ts'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { saySleep } from '#features/sleep/say-sleep.ts'
import { sleepQuery, useSleepVerb } from '#features/sleep/queries.ts'
import { SleepForm, toSleepForm, toSleepSettings } from '#features/sleep/sleep-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  app: App
  isSaving: boolean
  onSave: (changes: ChangeAppSettings) => void
}

/** When the app sleeps; and by hand. */
export function SleepCard({ app, isSaving, onSave }: Props) {
  const mayChange = useMay('app.change')
  const { data: sleep } = useQuery(sleepQuery(app.name))
  const verb = useSleepVerb(app.name)
  const form = useForm<z.input<typeof SleepForm>, unknown, SleepForm>({
    resolver: zodResolver(SleepForm),
    values: toSleepForm(app),
  })
  const { errors, isDirty } = form.formState

  return (
    <FormCard
      legend={t('Sleep of {name}', { name: app.name })}
      title={t('Sleep')}
      lead={t(
        'An app that nobody visits is stopped and gives its memory back. The next visitor waits while it wakes; nothing else is seen of it.',
      )}
      note={sleep ? saySleep(sleep) : t('WebSockets and streams that are open keep it awake.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={isSaving}
      onSubmit={form.handleSubmit((input) => onSave(toSleepSettings(input)))}
      onUndo={() => form.reset()}
    >
      <Field
        label={t('Sleeps after')}
        unit={t('min')}
        placeholder={t('never')}
        inputMode="numeric"
        hint={t('Without visitors for so long. Empty: never by itself.')}
        error={errors.afterMinutes?.message}
        {...form.register('afterMinutes')}
      />
      <Select
        label={t('Monitors')}
        hint={t(
          'UptimeRobot, Uptime Kuma, kube-probe and the like. Ignored: a sleeping app answers them 204 and sleeps on.',
        )}
        {...form.register('monitors')}
      >
        <option value="ignored">{t('are ignored')}</option>
        <option value="visitors">{t('wake it, as visitors do')}</option>
      </Select>
      <Select
        label={t('Processes other than web')}
        hint={t(
          'They work without visitors: with one of them running, the app stays awake unless it may sleep too.',
        )}
        {...form.register('workers')}
      >
        <option value="stay">{t('keep it awake')}</option>
        <option value="sleep">{t('sleep too')}</option>
      </Select>
      {sleep && app.liveRelease !== null && (
        <div className="flex flex-col items-start justify-end gap-1.5">
          <Button
            size="sm"
            busy={verb.isPending}
            disabled={!sleep.isAsleep && sleep.staysAwake !== null}
            onClick={() => verb.mutate(sleep.isAsleep ? 'wake' : 'sleep')}
          >
            {sleep.isAsleep ? t('Wake now') : t('Sleep now')}
          </Button>
          {sleep.staysAwake !== null && (
            <p className="text-sm text-muted">
              {t('Stays awake: {staysAwake}.', { staysAwake: sleep.staysAwake })}
            </p>
          )}
        </div>
      )}
    </FormCard>
  )
}
