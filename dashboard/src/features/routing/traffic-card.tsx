import { zodResolver } from '@hookform/resolvers/zod'
import type { RouteSettings } from '@vastrox/shared/route-settings.ts'
import { useId } from 'react'
import { useForm, type UseFormRegisterReturn, useWatch } from 'react-hook-form'
import type { z } from 'zod'
import { useChangeRouting } from '#features/routing/queries.ts'
import { toTraffic, toTrafficForm, TrafficForm } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { Select } from '#ui/select.tsx'

export function TrafficCard({ app, settings }: { app: string; settings: RouteSettings }) {
  const mayChange = useMay('app.change')
  const change = useChangeRouting(app)
  const form = useForm<z.input<typeof TrafficForm>, unknown, TrafficForm>({
    resolver: zodResolver(TrafficForm),
    values: toTrafficForm(settings),
  })
  const { errors, isDirty } = form.formState
  const isHstsOn = useWatch({ control: form.control, name: 'hsts' }) !== 'off'

  return (
    <FormCard
      legend={t('Traffic of {app}', { app })}
      title={t('HTTPS, limits and compression')}
      note={t('In force as soon as it is saved.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={form.handleSubmit((input) => change.mutate(toTraffic(input, settings)))}
      onUndo={() => form.reset()}
    >
      <Select
        label={t('HTTP is redirected to HTTPS')}
        hint={t('By itself only where every browser trusts the certificate.')}
        {...form.register('httpsRedirect')}
      >
        <option value="auto">{t('Where the certificate is trusted')}</option>
        <option value="always">{t('Always')}</option>
        <option value="never">{t('Never')}</option>
      </Select>
      <Select
        label={t('Browsers keep to HTTPS (HSTS)')}
        hint={t('They remember it for so long, and nothing takes it back. Begin with 60 days.')}
        {...form.register('hsts')}
      >
        <option value="off">{t('No')}</option>
        <option value="first">{t('For 60 days')}</option>
        <option value="full">{t('For two years')}</option>
      </Select>
      {isHstsOn && (
        <>
          <Check
            label={t('Every host below as well')}
            hint={t('Also those that are not of this app.')}
            {...form.register('hstsSubDomains')}
          />
          <Check
            label={t('May be on the preload lists')}
            hint={t('Needs two years and every host below. It takes months to undo.')}
            {...form.register('hstsPreload')}
          />
        </>
      )}
      <Select
        label={t('Compression')}
        hint={t("Careful leaves alone what may be one person's own.")}
        {...form.register('compression')}
      >
        <option value="safe">{t('Careful')}</option>
        <option value="all">{t('Everything that shrinks')}</option>
        <option value="off">{t('Off')}</option>
      </Select>
      <Field
        label={t('Largest request')}
        unit="MB"
        inputMode="decimal"
        error={errors.maxBodyMb?.message}
        {...form.register('maxBodyMb')}
      />
      <Field
        label={t('Requests of one client')}
        unit={t('/s')}
        placeholder={t('no limit')}
        inputMode="decimal"
        hint={t('More get 429 and the time to wait.')}
        error={errors.requestsPerS?.message}
        {...form.register('requestsPerS')}
      />
      <Field
        label={t('At once before it counts')}
        placeholder={t('as many as a second')}
        inputMode="numeric"
        error={errors.burst?.message}
        {...form.register('burst')}
      />
      <Field
        label={t('Requests at a time')}
        placeholder={t('no limit')}
        inputMode="numeric"
        hint={t('Of all visitors together; more get 503.')}
        error={errors.concurrentRequests?.message}
        {...form.register('concurrentRequests')}
      />
      <Field
        label={t('A response begins within')}
        unit={t('s')}
        placeholder="60"
        inputMode="decimal"
        error={errors.responseTimeoutS?.message}
        {...form.register('responseTimeoutS')}
      />
      <Field
        label={t('A response may stand still for')}
        unit={t('s')}
        placeholder={t('as long as it likes')}
        inputMode="decimal"
        hint={t('A WebSocket 120 s, if you say nothing.')}
        error={errors.idleTimeoutS?.message}
        {...form.register('idleTimeoutS')}
      />
      <div className="space-y-3">
        <Check
          label={t('Visitors keep their instance')}
          hint={t('By a cookie, for apps that remember visitors in memory.')}
          {...form.register('stickySessions')}
        />
        <Check
          label={t('Assets of the release before for a day')}
          hint={t('For visitors with an older page open.')}
          {...form.register('keepAssets')}
        />
      </div>
    </FormCard>
  )
}

function Check({ label, hint, ...input }: { label: string; hint: string } & UseFormRegisterReturn) {
  const id = useId()
  return (
    <div className="flex items-start gap-3">
      <input {...input} id={id} type="checkbox" className="mt-1" aria-describedby={`${id}-note`} />
      <div>
        <label htmlFor={id}>{label}</label>
        <p id={`${id}-note`} className="text-sm text-muted">
          {hint}
        </p>
      </div>
    </div>
  )
}
