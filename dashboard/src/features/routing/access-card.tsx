import { zodResolver } from '@hookform/resolvers/zod'
import type { RouteSettings } from '@vastrox/shared/route-settings.ts'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { useChangeRouting } from '#features/routing/queries.ts'
import { AccessForm, toAccessForm } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { FormCard } from '#ui/form-card.tsx'
import { TextArea } from '#ui/text-area.tsx'

export function AccessCard({ app, settings }: { app: string; settings: RouteSettings }) {
  const mayChange = useMay('app.change')
  const change = useChangeRouting(app)
  const form = useForm<z.input<typeof AccessForm>, unknown, z.output<typeof AccessForm>>({
    resolver: zodResolver(AccessForm),
    values: toAccessForm(settings),
  })
  const { errors, isDirty } = form.formState

  return (
    <FormCard
      legend={t('Who may reach {app}', { app })}
      title={t('Addresses')}
      lead={t('Everybody may come in, unless you name somebody here.')}
      note={t('In force as soon as it is saved.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={form.handleSubmit((input) => change.mutate(input))}
      onUndo={() => form.reset()}
    >
      <TextArea
        label={t('Only these')}
        rows={4}
        placeholder="203.0.113.0/24"
        hint={t('Addresses and networks, one a line.')}
        error={errors.allow?.message}
        {...form.register('allow')}
      />
      <TextArea
        label={t('Never these')}
        rows={4}
        placeholder="198.51.100.7"
        hint={t('Stronger than the list beside it.')}
        error={errors.deny?.message}
        {...form.register('deny')}
      />
    </FormCard>
  )
}
