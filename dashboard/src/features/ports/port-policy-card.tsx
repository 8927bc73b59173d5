import { zodResolver } from '@hookform/resolvers/zod'
import { useSuspenseQuery } from '@tanstack/react-query'
import { PortPolicy } from '@vastrox/shared/app-port.ts'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { portPolicyQuery, useSetPortPolicy } from '#features/ports/queries.ts'
import { linesOf } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'
import { FormCard } from '#ui/form-card.tsx'
import { TextArea } from '#ui/text-area.tsx'

const Form = z.object({
  ranges: z.string().transform((text, context): string[] => {
    const { data, error } = PortPolicy.shape.ranges.safeParse(linesOf(text))
    if (error) context.addIssue(error.issues[0]?.message ?? t('Not a port.'))
    return data ?? []
  }),
  perTeam: z.string().transform((text, context): number => {
    const { data, error } = PortPolicy.shape.perTeam.safeParse(Number(text))
    if (error) context.addIssue(t('A whole number from 0 to 10,000.'))
    return data ?? 0
  }),
})

/** Which ports of the server apps may have. */
export function PortPolicyCard() {
  const { data: policy } = useSuspenseQuery(portPolicyQuery)
  const mayChange = useMay('node.change')
  const set = useSetPortPolicy()
  const form = useForm<z.input<typeof Form>, unknown, z.output<typeof Form>>({
    resolver: zodResolver(Form),
    values: { ranges: policy.ranges.join('\n'), perTeam: String(policy.perTeam) },
  })
  const { errors, isDirty } = form.formState

  return (
    <FormCard
      legend={t('Ports for apps')}
      title={t('TCP and UDP ports for apps')}
      lead={t(
        'Developers publish ports of these for games, MQTT and the like. Those of Vastrox, of SSH and of other programs are never given out.',
      )}
      note={t('Of what is asked for from now on. What apps have they keep.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={set.isPending}
      onSubmit={form.handleSubmit((wish) => set.mutate(wish))}
      onUndo={() => form.reset()}
    >
      <TextArea
        label={t('Ports that apps may have')}
        rows={3}
        placeholder="1024-65535"
        hint={t('Ports or ranges, one a line. None: apps get no ports.')}
        error={errors.ranges?.message}
        {...form.register('ranges')}
      />
      <Field
        label={t('At most for each team')}
        inputMode="numeric"
        autoComplete="off"
        error={errors.perTeam?.message}
        {...form.register('perTeam')}
      />
    </FormCard>
  )
}
