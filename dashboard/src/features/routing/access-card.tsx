import { zodResolver } from '@hookform/resolvers/zod'
import type { RouteSettings } from '@vastrox/shared/route-settings.ts'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { useChangeRouting } from '#features/routing/queries.ts'
import { AccessForm, toAccessForm } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
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
      legend={`Who may reach ${app}`}
      title="Addresses"
      lead="Everybody may come in, unless you name somebody here."
      note="In force as soon as it is saved."
      mayChange={mayChange}
      isDirty={isDirty}
      busy={change.isPending}
      onSubmit={form.handleSubmit((input) => change.mutate(input))}
      onUndo={() => form.reset()}
    >
      <TextArea
        label="Only these"
        rows={4}
        placeholder="203.0.113.0/24"
        hint="Addresses and networks, one a line."
        error={errors.allow?.message}
        {...form.register('allow')}
      />
      <TextArea
        label="Never these"
        rows={4}
        placeholder="198.51.100.7"
        hint="Stronger than the list beside it."
        error={errors.deny?.message}
        {...form.register('deny')}
      />
    </FormCard>
  )
}
