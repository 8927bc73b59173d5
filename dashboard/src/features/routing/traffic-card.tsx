import { zodResolver } from '@hookform/resolvers/zod'
import type { RouteSettings } from '@vastrox/shared/route-settings.ts'
import { useId } from 'react'
import { useForm, type UseFormRegisterReturn, useWatch } from 'react-hook-form'
import type { z } from 'zod'
import { useChangeRouting } from '#features/routing/queries.ts'
import { toTraffic, toTrafficForm, TrafficForm } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
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
      legend={`Traffic of ${app}`}
      title="HTTPS, limits and compression"
      note="In force as soon as it is saved."
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={form.handleSubmit((input) => change.mutate(toTraffic(input, settings)))}
      onUndo={() => form.reset()}
    >
      <Select
        label="HTTP is redirected to HTTPS"
        hint="By itself only where every browser trusts the certificate."
        {...form.register('httpsRedirect')}
      >
        <option value="auto">Where the certificate is trusted</option>
        <option value="always">Always</option>
        <option value="never">Never</option>
      </Select>
      <Select
        label="Browsers keep to HTTPS (HSTS)"
        hint="They remember it for so long, and nothing takes it back. Begin with 60 days."
        {...form.register('hsts')}
      >
        <option value="off">No</option>
        <option value="first">For 60 days</option>
        <option value="full">For two years</option>
      </Select>
      {isHstsOn && (
        <>
          <Check
            label="Every host below as well"
            hint="Also those that are not of this app."
            {...form.register('hstsSubDomains')}
          />
          <Check
            label="May be on the preload lists"
            hint="Needs two years and every host below. It takes months to undo."
            {...form.register('hstsPreload')}
          />
        </>
      )}
      <Select
        label="Compression"
        hint="Careful leaves alone what may be one person's own."
        {...form.register('compression')}
      >
        <option value="safe">Careful</option>
        <option value="all">Everything that shrinks</option>
        <option value="off">Off</option>
      </Select>
      <Field
        label="Largest request"
        unit="MB"
        inputMode="decimal"
        error={errors.maxBodyMb?.message}
        {...form.register('maxBodyMb')}
      />
      <Field
        label="Requests of one client"
        unit="/s"
        placeholder="no limit"
        inputMode="decimal"
        hint="More get 429 and the time to wait."
        error={errors.requestsPerS?.message}
        {...form.register('requestsPerS')}
      />
      <Field
        label="At once before it counts"
        placeholder="as many as a second"
        inputMode="numeric"
        error={errors.burst?.message}
        {...form.register('burst')}
      />
      <Field
        label="Requests at a time"
        placeholder="no limit"
        inputMode="numeric"
        hint="Of all visitors together; more get 503."
        error={errors.concurrentRequests?.message}
        {...form.register('concurrentRequests')}
      />
      <Field
        label="A response begins within"
        unit="s"
        placeholder="60"
        inputMode="decimal"
        error={errors.responseTimeoutS?.message}
        {...form.register('responseTimeoutS')}
      />
      <Field
        label="A response may stand still for"
        unit="s"
        placeholder="as long as it likes"
        inputMode="decimal"
        hint="A WebSocket 120 s, if you say nothing."
        error={errors.idleTimeoutS?.message}
        {...form.register('idleTimeoutS')}
      />
      <div className="space-y-3">
        <Check
          label="Visitors keep their instance"
          hint="By a cookie, for apps that remember visitors in memory."
          {...form.register('stickySessions')}
        />
        <Check
          label="Assets of the release before for a day"
          hint="For visitors with an older page open."
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
