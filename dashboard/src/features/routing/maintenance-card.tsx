import { zodResolver } from '@hookform/resolvers/zod'
import type { RouteSettings } from '@vastrox/shared/route-settings.ts'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { useChangeRouting } from '#features/routing/queries.ts'
import { MaintenanceForm, toMaintenanceForm } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { TextArea } from '#ui/text-area.tsx'

type Typed = z.input<typeof MaintenanceForm>

export function MaintenanceCard({ app, settings }: { app: string; settings: RouteSettings }) {
  const mayChange = useMay('app.change')
  const change = useChangeRouting(app)
  const form = useForm<Typed, unknown, z.output<typeof MaintenanceForm>>({
    resolver: zodResolver(MaintenanceForm),
    values: toMaintenanceForm(settings),
  })
  const { errors, isDirty } = form.formState
  const { on } = settings.maintenance

  return (
    <FormCard
      legend={t('Maintenance of {app}', { app })}
      title={on ? t('Maintenance: visitors see the page') : t('Maintenance')}
      lead={t(
        'Visitors get a page with 503 instead of the app. Deployments and health checks go on.',
      )}
      note={t('In force as soon as it is saved.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={form.handleSubmit(({ html, allow, retryAfterMin }) =>
        change.mutate({
          maintenance: {
            html: html.trim() === '' ? null : html,
            allow,
            retryAfterS: retryAfterMin * 60,
          },
        }),
      )}
      onUndo={() => form.reset()}
    >
      <div className="sm:col-span-2">
        <Button
          variant={on ? 'primary' : 'secondary'}
          disabled={!mayChange || change.isPending}
          onClick={() => change.mutate({ maintenance: { on: !on } })}
        >
          {on ? t('Let visitors in again') : t('Begin maintenance')}
        </Button>
      </div>
      <TextArea
        label={t('Page of your own')}
        rows={5}
        placeholder={t('<h1>Back at noon</h1>')}
        hint={t('HTML, at most 64 KB; empty for a plain one.')}
        error={errors.html?.message}
        {...form.register('html')}
      />
      <div className="space-y-5">
        <TextArea
          label={t('Who passes all the same')}
          rows={2}
          placeholder="203.0.113.7"
          hint={t('Addresses and networks, one a line.')}
          error={errors.allow?.message}
          {...form.register('allow')}
        />
        <Field
          label={t('Come again after')}
          unit={t('min')}
          inputMode="numeric"
          hint={t('Told to programs and search engines.')}
          error={errors.retryAfterMin?.message}
          {...form.register('retryAfterMin')}
        />
      </div>
    </FormCard>
  )
}
