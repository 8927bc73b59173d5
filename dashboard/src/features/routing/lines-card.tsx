import { zodResolver } from '@hookform/resolvers/zod'
import type { RouteSettings } from '@vastrox/shared/route-settings.ts'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { useChangeRouting } from '#features/routing/queries.ts'
import { LinesForm, toLinesForm } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { FormCard } from '#ui/form-card.tsx'
import { TextArea } from '#ui/text-area.tsx'

export function LinesCard({ app, settings }: { app: string; settings: RouteSettings }) {
  const mayChange = useMay('app.change')
  const change = useChangeRouting(app)
  const form = useForm<z.input<typeof LinesForm>, unknown, z.output<typeof LinesForm>>({
    resolver: zodResolver(LinesForm),
    values: toLinesForm(settings),
  })
  const { errors, isDirty } = form.formState

  return (
    <FormCard
      legend={t('Paths and redirects of {app}', { app })}
      title={t('Paths, redirects and response fields')}
      lead={t('One a line.')}
      note={t('In force as soon as it is saved.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={form.handleSubmit((input) => change.mutate(input))}
      onUndo={() => form.reset()}
    >
      <TextArea
        label={t('Paths of other processes')}
        rows={4}
        placeholder={t('/api api strip')}
        hint={t('Path, process, and “strip” to take the path off. Everything else goes to web.')}
        error={errors.paths?.message}
        {...form.register('paths')}
      />
      <TextArea
        label={t('Redirects')}
        rows={4}
        placeholder={t('/old/* /new/* 301')}
        hint={t(
          'From, to, status (308 if you say none). The first that fits counts; the query is kept.',
        )}
        error={errors.redirects?.message}
        {...form.register('redirects')}
      />
      <TextArea
        label={t('Fields of responses')}
        rows={4}
        placeholder={t('X-Frame-Options: DENY')}
        hint={t("Instead of the app's own. Nothing behind the colon takes a field away.")}
        error={errors.responseHeaders?.message}
        className="sm:col-span-2"
        {...form.register('responseHeaders')}
      />
    </FormCard>
  )
}
